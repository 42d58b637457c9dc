import type { TrialRun, TrialSpec } from "evenkeel/study";
import type { Delivery, Task } from "../../../records/queue/types.ts";
import { trialRunOf } from "../../../records/studies/trialRun.ts";
import { checkOf, isSampled, taskId, trialOf } from "./taskId.ts";

/** A result that a worker gave. */
interface Given {
  readonly worker: string;
  readonly run: TrialRun;
  /** What is compared: the result without its times. */
  readonly text: string;
}

/** A worker of whom nothing counts any more. */
export interface Refusal {
  readonly worker: string;
  readonly why: string;
}

/** What follows from what is known. */
export interface Decisions {
  /** Results that the study may use. */
  readonly accepted: readonly { readonly id: string; readonly run: TrialRun; readonly worker: string }[];
  /** Tasks in which other workers train trials once more. */
  readonly checks: readonly Task[];
  /** Such tasks that nobody needs to do any more. */
  readonly checked: readonly string[];
  /** Trials on which workers disagree: the study process trains them itself. */
  readonly disputed: readonly TrialSpec[];
  readonly refused: readonly Refusal[];
}

/**
 * Decides which results of workers a study uses. The same trial has the same bits wherever it is
 * trained, so two workers that disagree are not both right.
 *
 * - The first result of a worker, and one trial in twenty, are trained once more by another worker.
 *   Until the first one agrees, nothing of the worker is used, if there is another to check it.
 * - Where two disagree, the study process trains the trial itself. Whoever gave anything else is
 *   refused: all that only this worker has given is trained again, what was used already too.
 * - What the study process trains itself is what it would have without workers, and needs no check.
 */
export class Ledger {
  readonly #own: string;
  readonly #given = new Map<string, Given[]>();
  readonly #specs = new Map<string, TrialSpec>();
  /** Trials whose results the study waits for. */
  readonly #waiting = new Set<string>();
  readonly #accepted = new Map<string, string>();
  readonly #verified = new Set<string>();
  readonly #refused = new Map<string, string>();
  readonly #newlyRefused: Refusal[] = [];
  /** Trials that are to be checked, and were not yet. */
  readonly #checking = new Set<string>();
  /** The latest check of a trial that was asked for. */
  readonly #asked = new Map<string, { readonly number: number; readonly not: string }>();
  readonly #checked: string[] = [];
  readonly #judged = new Map<string, string>();
  readonly #disputed = new Set<string>();
  /** Trials that refused workers gave, by the text of what they gave. */
  readonly #wrong = new Map<string, Set<string>>();

  /** @param own the study process's own worker */
  constructor(own: string) {
    this.#own = own;
  }

  /** A trial whose result the study waits for. */
  want(spec: TrialSpec): string {
    const id = taskId(spec);
    this.#specs.set(id, spec);
    this.#waiting.add(id);
    this.#accepted.delete(id);
    return id;
  }

  /** The results that count, by worker. */
  get counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const worker of this.#accepted.values()) counts.set(worker, (counts.get(worker) ?? 0) + 1);
    return counts;
  }

  /** Workers whose results are used although no other worker could check one of them. */
  get unverified(): string[] {
    return [...this.counts.keys()].filter((worker) => !this.#isTrusted(worker) && !this.#refused.has(worker));
  }

  /** What a worker delivered. */
  add({ worker, task, run: json }: Delivery): void {
    if (this.#refused.has(worker)) return;
    const id = trialOf(task);
    const found = task === "" ? { why: typeof json === "string" ? json : "a result without a task" } : trialRunOf(json);
    if ("why" in found) {
      this.#refuse(worker, found.why);
      return;
    }
    const { run } = found;
    if (taskId(run.result.spec) === id) this.#put(id, { worker, run, text: JSON.stringify(run.result) });
    else this.#refuse(worker, "a result of another trial than it says");
  }

  /** What the study process itself trained where workers disagree. */
  judge(trained: TrialRun): void {
    // As it comes back from JSON, like that of others.
    const found = trialRunOf(JSON.parse(JSON.stringify(trained)));
    const run = "run" in found ? found.run : trained;
    const id = taskId(run.result.spec);
    const text = JSON.stringify(run.result);
    this.#disputed.delete(id);
    this.#endCheck(id);
    this.#judged.set(id, text);
    const others = [...(this.#given.get(id) ?? [])];
    this.#given.set(id, [{ worker: this.#own, run, text }]);
    for (const given of others) this.#put(id, given);
  }

  #put(id: string, given: Given): void {
    const before = this.#given.get(id) ?? [];
    const judged = this.#judged.get(id);
    if (before.some(({ worker }) => worker === given.worker)) {
      this.#putAgain(given, before);
      return;
    }
    this.#given.set(id, [...before, given]);
    if (judged !== undefined && judged !== given.text) {
      this.#refuse(given.worker, `its result for ${given.run.result.spec.id} is not that of the study process`);
      return;
    }
    for (const other of before) {
      if (other.text === given.text) {
        this.#verified.add(given.worker).add(other.worker);
        this.#endCheck(id);
      } else this.#disputed.add(id);
    }
  }

  /** The same trial from the same worker: of a resumed study, or after it had lost the task. */
  #putAgain(given: Given, before: readonly Given[]): void {
    if (before.some(({ worker, text }) => worker === given.worker && text === given.text)) return;
    this.#refuse(given.worker, `it gives two results for ${given.run.result.spec.id}`);
  }

  #refuse(worker: string, why: string): void {
    if (this.#refused.has(worker) || worker === this.#own) return;
    this.#refused.set(worker, why);
    this.#newlyRefused.push({ worker, why });
    this.#verified.delete(worker);
    for (const [id, all] of this.#given) {
      const left = all.filter((given) => given.worker !== worker);
      if (left.length === all.length) continue;
      this.#given.set(id, left);
      const wrong = all.find((given) => given.worker === worker)?.text ?? "";
      // What another says too is right, unless that one is refused as well.
      this.#wrong.set(id, (this.#wrong.get(id) ?? new Set()).add(wrong));
      if (left.length < 2) this.#disputed.delete(id);
      if (left.length === 0) this.#endCheck(id);
    }
  }

  /**
   * Whether a result that the study has recorded comes from refused workers alone, and is to be
   * trained again.
   */
  isWrong({ result }: TrialRun): boolean {
    const id = taskId(result.spec);
    const text = JSON.stringify(result);
    if (this.#wrong.get(id)?.has(text) !== true) return false;
    return !this.#given.get(id)?.some((given) => given.text === text);
  }

  /**
   * @param present workers that live
   * @param trainsItself whether the study process trains, and so can check others
   */
  decide(present: ReadonlySet<string>, trainsItself: boolean): Decisions {
    const accepted: Decisions["accepted"][number][] = [];
    const checks: Task[] = [];
    for (const id of this.#waiting) {
      if (this.#disputed.has(id)) continue;
      const candidates = this.#given.get(id) ?? [];
      if (candidates.length === 0) continue;
      const judged = this.#judged.get(id);
      const { worker, run } = candidates.find(({ text }) => text === judged) ?? candidates[0];
      const isCheckable = this.#canCheck(id, present, trainsItself);
      if (!this.#isTrusted(worker) || isSampled(id)) this.#wantCheck(id, worker);
      if (!this.#isTrusted(worker) && isCheckable) continue;
      this.#waiting.delete(id);
      this.#accepted.set(id, worker);
      accepted.push({ id, run, worker });
    }
    for (const id of this.#checking) {
      if (this.#disputed.has(id)) continue;
      const spec = this.#specs.get(id);
      const not = (this.#given.get(id) ?? []).map(({ worker }) => worker);
      const { number = 0, not: before } = this.#asked.get(id) ?? {};
      if (spec === undefined || not.length === 0 || before === String(not)) continue;
      this.#asked.set(id, { number: number + 1, not: String(not) });
      checks.push({ id: checkOf(id, number + 1), spec, not });
    }
    const disputed = [...this.#disputed].flatMap((id) => {
      const [given] = this.#given.get(id) ?? [];
      return given === undefined ? [] : [given.run.result.spec];
    });
    return { accepted, checks, checked: this.#checked.splice(0), disputed, refused: this.#newlyRefused.splice(0) };
  }

  /** Whether a check or a dispute is open that somebody who is there can settle. */
  isOpen(present: ReadonlySet<string>, trainsItself: boolean): boolean {
    return this.#disputed.size > 0 || [...this.#checking].some((id) => this.#canCheck(id, present, trainsItself));
  }

  #isTrusted(worker: string): boolean {
    return worker === this.#own || this.#verified.has(worker);
  }

  /** One check at a time for a worker that has none behind it, and those of the sample. */
  #wantCheck(id: string, worker: string): void {
    if (worker === this.#own || this.#judged.has(id) || this.#checking.has(id)) return;
    if ((this.#given.get(id) ?? []).length > 1) return;
    const hasOne = [...this.#checking].some((other) =>
      this.#given.get(other)?.some((given) => given.worker === worker),
    );
    if (!hasOne || isSampled(id)) this.#checking.add(id);
  }

  #endCheck(id: string): void {
    const asked = this.#asked.get(id);
    if (this.#checking.delete(id) && asked !== undefined) this.#checked.push(checkOf(id, asked.number));
  }

  #canCheck(id: string, present: ReadonlySet<string>, trainsItself: boolean): boolean {
    const gave = new Set((this.#given.get(id) ?? []).map(({ worker }) => worker));
    if (trainsItself && !gave.has(this.#own)) return true;
    return [...present].some((name) => name !== this.#own && !gave.has(name) && !this.#refused.has(name));
  }
}
