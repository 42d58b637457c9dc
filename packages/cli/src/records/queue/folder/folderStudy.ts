import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { misuse } from "../../../shell/errors.ts";
import { makeFolder } from "../../../shell/files/makeFolder.ts";
import { writeAtomic, writing } from "../../../shell/files/writeAtomic.ts";
import { Stillness } from "../../../shell/stillness.ts";
import { isOwnerFile, Ownership, ownerOf } from "../../owner/owner.ts";
import { checkOwnFiles } from "../../ownFiles.ts";
import { checkSameStudy, readHead } from "../queueHead.ts";
import type { Delivery, OpenQueue, StudySide, Task, WorkerSeen } from "../types.ts";
import type { BoardLine } from "./board.ts";
import { FolderWorker, Others } from "./folderWorker.ts";
import { readWorker } from "./heartbeat.ts";
import { DamagedLine, Journal, JournalReader } from "./journal.ts";
import { QueueLayout } from "./layout.ts";
import { writeTable } from "./tableFile.ts";

/** Tasks in a line of the board. */
const perLine = 200;

/** The study's side of a queue in a folder. */
export class FolderStudy implements StudySide {
  readonly own: FolderWorker;
  readonly #layout: QueueLayout;
  readonly #owner: Ownership;
  readonly #board: Journal;
  readonly #session: number;
  readonly #others: Others;
  readonly #readers = new Map<string, JournalReader>();

  private constructor(layout: QueueLayout, owner: Ownership, { head, name, facts, lease }: OpenQueue) {
    this.#layout = layout;
    this.#owner = owner;
    this.#session = layout.session() + 1;
    this.own = new FolderWorker({ layout, head }, name, { ...facts, session: this.#session }, 0);
    this.#board = new Journal(layout.board(this.#session));
    this.#others = new Others(layout, lease);
    this.#say({ type: "begin", lease });
  }

  /**
   * Makes a queue in a folder, or goes on with the one that an earlier process of the study left.
   * @param shown the folder as it was typed, for messages
   * @throws CommandError if the folder holds something else, the queue of another study, or one that
   *   another process hands out; WriteError
   */
  static async open(root: string, options: OpenQueue, shown = root): Promise<FolderStudy> {
    const layout = new QueueLayout(root);
    const { head, data, lease, onWait, signal } = options;
    const isNew = !existsSync(layout.head);
    if (!isNew) checkSameStudy(readHead(layout.head), head, shown);
    else if (existsSync(root) && readdirSync(root).some((name) => !mayStay(name))) {
      throw misuse("conflict", `${shown} is there and holds no queue`, "give --workers-from a new folder");
    }
    writing(root, () => makeFolder(root));
    checkOwnFiles(root, `the queue in ${shown}`);
    const takeOver = options.takeOver || (await isSilent(layout, lease, onWait, signal));
    const owner = Ownership.claim(root, `the study of the queue in ${shown}`, { takeOver });
    try {
      writing(root, () => layout.folders.map(makeFolder));
      if (isNew) {
        writeTable(layout.table, data);
        // Last: a worker that sees it sees everything.
        writeAtomic(layout.head, `${JSON.stringify(head, undefined, 2)}\n`);
      }
      owner.settle();
      return new FolderStudy(layout, owner, options);
    } catch (error) {
      owner.release();
      throw error;
    }
  }

  offer = async (tasks: readonly Task[]): Promise<void> => {
    for (let at = 0; at < tasks.length; at += perLine) {
      this.#say({ type: "offer", tasks: tasks.slice(at, at + perLine) });
    }
  };

  done = async (ids: readonly string[]): Promise<void> => this.#say({ type: "done", ids });

  refuse = async (worker: string): Promise<void> => this.#say({ type: "refused", worker });

  deliveries = async (): Promise<readonly Delivery[]> => {
    this.#checkMine();
    return this.#layout.delivering().flatMap((worker): Delivery[] => {
      let reader = this.#readers.get(worker);
      if (reader === undefined) {
        reader = new JournalReader(this.#layout.results(worker));
        this.#readers.set(worker, reader);
      }
      try {
        return reader.read().map((line) => deliveryOf(worker, line));
      } catch (error) {
        if (!(error instanceof DamagedLine)) throw error;
        // It stays as it is, so nothing behind it is ever read.
        return [{ worker, task: "", run: error.message }];
      }
    });
  };

  workers = async (): Promise<readonly WorkerSeen[]> => {
    this.#others.begin();
    return this.#layout.workers().map((name) => {
      const { file } = readWorker(this.#layout.worker(name));
      return { name, threads: file?.threads ?? 0, life: this.#others.life(name) };
    });
  };

  close = async (finished: boolean): Promise<void> => {
    try {
      if (finished && this.#isMine()) this.#say({ type: "end" });
      await this.own.leave();
    } finally {
      this.#owner.release();
    }
  };

  #say(line: BoardLine): void {
    this.#board.append(line);
  }

  #isMine(): boolean {
    return this.#owner.isLatest && this.#layout.session() === this.#session;
  }

  /** @throws CommandError if this process stood still for so long that another goes on with the study */
  #checkMine(): void {
    if (this.#isMine()) return;
    throw misuse("wrong-state", `another process has taken over the queue in ${this.#layout.root}`);
  }
}

function deliveryOf(worker: string, line: unknown): Delivery {
  const { task, run } = (line ?? {}) as Partial<Delivery>;
  return { worker, task: typeof task === "string" ? task : "", run };
}

/** Whether a name may be in the folder of a new queue: a study that was killed as it began leaves it. */
function mayStay(name: string): boolean {
  return (
    isOwnerFile(name) || /^(?:workers|claims|results|table\.bin|\.(?:queue\.json|table\.bin)\..*\.tmp)$/.test(name)
  );
}

/**
 * Whether the study process of a queue, on a machine that cannot be asked, has given no sign of life
 * for the lease.
 */
async function isSilent(
  layout: QueueLayout,
  lease: number,
  onWait: OpenQueue["onWait"],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const owner = ownerOf(layout.root);
  if (owner?.life !== "unknown") return false;
  const session = layout.session();
  const own = layout.workers().find((name) => readWorker(layout.worker(name)).file?.session === session);
  if (own === undefined) return false;
  onWait?.(`watching whether the study process on ${owner.mark?.host ?? "another machine"} still runs`);
  const stillness = new Stillness(lease);
  const { text: before } = readWorker(layout.worker(own));
  for (;;) {
    const { text, file } = readWorker(layout.worker(own));
    if (file?.left) return true;
    if (text !== before) return false;
    if (stillness.isStill(own, text)) return true;
    await sleep((lease * 1000) / 20, undefined, { signal });
  }
}
