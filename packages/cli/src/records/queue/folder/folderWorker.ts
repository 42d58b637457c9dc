import type { StudyData, TrialRun } from "evenkeel/study";
import { Stillness } from "../../../shell/stillness.ts";
import type { Delivery, QueueHead, QueueState, Task, WorkerFacts, WorkerSeen, WorkerSide } from "../types.ts";
import { Board } from "./board.ts";
import { Claims } from "./claims.ts";
import { Heartbeat, hasEnded, readWorker } from "./heartbeat.ts";
import { DamagedLine, Journal, JournalReader } from "./journal.ts";
import type { QueueLayout } from "./layout.ts";
import { readTable } from "./tableFile.ts";

/** Seconds, until the study process has said its own. */
const usualLease = 30;

export interface Place {
  readonly layout: QueueLayout;
  readonly head: QueueHead;
}

/** A worker of a queue in a folder. */
export class FolderWorker implements WorkerSide {
  readonly name: string;
  readonly head: QueueHead;
  readonly #layout: QueueLayout;
  readonly #heartbeat: Heartbeat;
  readonly #journal: Journal;
  readonly #board: Board;
  readonly #claims: Claims;
  readonly #rank: number;
  #others: Others | undefined;

  /**
   * @param name one that no other worker of the queue has
   * @param rank where among the free tasks it begins to look, so that workers that start together
   *   do not all want the same
   * @throws WriteError if its files cannot be made; the system's EEXIST if the name is taken
   */
  constructor({ layout, head }: Place, name: string, facts: WorkerFacts, rank: number) {
    this.name = name;
    this.head = head;
    this.#layout = layout;
    this.#rank = rank;
    this.#heartbeat = new Heartbeat(layout.worker(name), facts);
    this.#journal = new Journal(layout.results(name));
    this.#board = new Board(layout);
    this.#claims = new Claims(layout);
  }

  data = async (): Promise<StudyData> => readTable(this.#layout.table, this.head.data);

  lease = (): number => this.#board.lease ?? usualLease;

  look = async (): Promise<QueueState> => {
    this.#board.read();
    if (this.#board.refused.has(this.name)) return "refused";
    if (this.#board.hasEnded) return "ended";
    return this.#board.lease === undefined ? "waiting" : "open";
  };

  take = async (): Promise<Task | undefined> => {
    const free = this.watch();
    // What others wait for comes first: until a worker is verified, nothing of it is used.
    const first = free.filter(({ not }) => not !== undefined);
    const wanted = first.length > 0 ? first : free;
    for (let tries = wanted.length, at = this.#rank % Math.max(1, tries); tries > 0; tries--, at++) {
      const task = wanted[at % wanted.length];
      if (this.#claims.take(task.id, this.name)) return task;
    }
    return undefined;
  };

  /** Looks at what is free now, and so at the workers who have taken the rest. */
  watch(): Task[] {
    this.#claims.read();
    if (this.#others?.lease !== this.lease()) this.#others = new Others(this.#layout, this.lease());
    this.#others.begin();
    return [...this.#board.tasks.values()].filter((task) => this.#isFree(task));
  }

  #isFree({ id, not }: Task): boolean {
    if (not?.includes(this.name)) return false;
    if (this.#claims.attempts(id) === 0) return true;
    const owner = this.#claims.owner(id);
    if (owner === this.name) return false;
    if (this.#board.refused.has(owner)) return true;
    // A worker that died may have delivered what nobody has read yet.
    const claim = `${id}.${this.#claims.attempts(id)}`;
    return this.#others?.isGone(owner, claim) === true && !this.#others.hasDelivered(owner, id);
  }

  deliver = async ({ id }: Task, run: TrialRun): Promise<void> => this.#journal.append({ task: id, run });

  beat = async (): Promise<void> => this.#heartbeat.beat();

  leave = async (): Promise<void> => this.#heartbeat.leave();
}

/** The other workers of a queue, watched from here. */
export class Others {
  readonly lease: number;
  readonly #layout: QueueLayout;
  readonly #stillness: Stillness;
  readonly #readers = new Map<string, { reader: JournalReader; tasks: Set<string> }>();
  /** Of this look: each file is read once. */
  readonly #lives = new Map<string, WorkerSeen["life"]>();

  constructor(layout: QueueLayout, lease: number) {
    this.lease = lease;
    this.#layout = layout;
    this.#stillness = new Stillness(lease);
  }

  /** What was seen before is looked at again. */
  begin(): void {
    this.#lives.clear();
  }

  life(worker: string): WorkerSeen["life"] {
    const known = this.#lives.get(worker);
    if (known !== undefined) return known;
    const { text, file } = readWorker(this.#layout.worker(worker));
    const isStill = this.#stillness.isStill(worker, text);
    const life = file?.left || (file !== undefined && hasEnded(file.process)) ? "left" : isStill ? "silent" : "alive";
    this.#lives.set(worker, life);
    return life;
  }

  /** Whether what a worker has taken is lost; a claim without a name is that of nobody who beats. */
  isGone(owner: string, claim: string): boolean {
    return owner === "" ? this.#stillness.isStill(`claim ${claim}`, "") : this.life(owner) !== "alive";
  }

  hasDelivered(owner: string, task: string): boolean {
    if (owner === "") return false;
    let known = this.#readers.get(owner);
    if (known === undefined) {
      known = { reader: new JournalReader(this.#layout.results(owner)), tasks: new Set() };
      this.#readers.set(owner, known);
    }
    try {
      for (const line of known.reader.read()) known.tasks.add(String((line as Partial<Delivery>)?.task));
    } catch (error) {
      if (!(error instanceof DamagedLine)) throw error;
    }
    return known.tasks.has(task);
  }
}
