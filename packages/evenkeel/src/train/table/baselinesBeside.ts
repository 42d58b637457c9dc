import { type FileThread, fileThreadStarter, type StartFileThread } from "../../compile/threads/fileThread.ts";
import { lendThread } from "../../compile/threads/threads.ts";
import { baselineOf, type FittedBaseline } from "../../tabular/baselines/baseline.ts";
import type { Baseline, BaselineStep, Column, Preprocessing, Split, Table } from "../../tabular/index.ts";

/** What the thread is given (node/baselinesThread.ts): a copy of what the baselines read. */
export interface BaselinesRequest {
  readonly table: Table;
  /** As JSON. */
  readonly preprocessing: unknown;
  readonly split: Split;
  readonly seed: number;
  /** One shared number, 1 once the boosted trees are to be left out. */
  readonly stop: Int32Array;
}

/** What the thread says: steps, and last what was fitted. */
export type BaselinesReply = { readonly step: BaselineStep } | { readonly fitted: readonly FittedBaseline[] };

/** With fewer training rows a thread takes longer to start than it saves. */
const leastRows = 20_000;

/**
 * Baselines that are fitted in a thread while the network trains, where there is a thread to spare
 * (`setNumThreads`) and `evenkeel/node` can start it. They are those of `baselines`, to the bit. The
 * network's training has one thread less as long as they take.
 */
export class BaselinesBeside {
  readonly #for: { readonly table: Table; readonly preprocessing: Preprocessing; readonly split: Split };
  #thread: FileThread | undefined;
  readonly #stop: Int32Array;
  readonly #giveBack: () => void;
  #step: BaselineStep | undefined;
  #fitted: readonly FittedBaseline[] | undefined;
  #hasEnded = false;
  /** Called once there is something new. */
  #wake = () => {};

  /**
   * @param least of fewer training rows there is no thread
   * @returns undefined where they are to be fitted after the training
   */
  static start(
    table: Table,
    preprocessing: Preprocessing,
    split: Split,
    seed: number,
    least = leastRows,
  ): BaselinesBeside | undefined {
    if (split.train.length < least) return undefined;
    const startThread = fileThreadStarter();
    if (startThread === undefined) return undefined;
    const giveBack = lendThread();
    if (giveBack === undefined) return undefined;
    let beside: BaselinesBeside | undefined;
    try {
      beside = BaselinesBeside.#started(table, preprocessing, split, seed, startThread, giveBack);
    } finally {
      if (beside === undefined) giveBack();
    }
    return beside;
  }

  static #started(
    table: Table,
    preprocessing: Preprocessing,
    split: Split,
    seed: number,
    startThread: StartFileThread,
    giveBack: () => void,
  ): BaselinesBeside | undefined {
    const moved: ArrayBufferLike[] = [];
    const copied = <T extends { slice(): T; readonly buffer: ArrayBufferLike }>(values: T): T => {
      if (values.buffer instanceof SharedArrayBuffer) return values;
      const copy = values.slice();
      moved.push(copy.buffer);
      return copy;
    };
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const json = preprocessing.toJSON();
    const names = new Set([json.target.column, ...json.inputs.map(({ column }) => column)]);
    const request: BaselinesRequest = {
      table: {
        rows: table.rows,
        columns: table.columns.filter(({ name }) => names.has(name)).map((column) => copyOf(column, copied)),
      },
      preprocessing: json,
      split: { train: copied(split.train), validation: copied(split.validation), test: copied(split.test) },
      ...{ seed, stop },
    };
    const beside = new BaselinesBeside({ table, preprocessing, split }, stop, giveBack);
    beside.#thread = startThread("baselinesThread", request, moved, {
      onMessage: (message) => beside.#take(message as BaselinesReply),
      onEnd: () => beside.#end(),
    });
    return beside.#thread && beside;
  }

  private constructor(
    from: { readonly table: Table; readonly preprocessing: Preprocessing; readonly split: Split },
    stop: Int32Array,
    giveBack: () => void,
  ) {
    this.#for = from;
    this.#stop = stop;
    this.#giveBack = giveBack;
  }

  #take(reply: BaselinesReply): void {
    if ("step" in reply) this.#step = reply.step;
    else {
      this.#fitted = reply.fitted;
      this.#end();
    }
    this.#wake();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#giveBack();
    this.#wake();
  }

  /**
   * Waits for them, and tells of the last step so far and of those from then on. Once the signal is
   * aborted, trees that are not fitted yet are left out.
   * @returns undefined if the thread ended without them: of an error, or because it was killed
   */
  async result({
    signal,
    onStep,
  }: {
    readonly signal?: AbortSignal | undefined;
    readonly onStep?: ((step: BaselineStep) => unknown) | undefined;
  }): Promise<Baseline[] | undefined> {
    const abort = () => Atomics.store(this.#stop, 0, 1);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    this.#thread?.keepAlive(true);
    try {
      while (!this.#hasEnded) {
        const step = this.#step;
        this.#step = undefined;
        if (step !== undefined) await onStep?.(step);
        if (this.#hasEnded || this.#step !== undefined) continue;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      this.end();
    }
    const { table, preprocessing, split } = this.#for;
    return this.#fitted?.map((baseline) => baselineOf(table, preprocessing, split, baseline));
  }

  /** Ends the thread; it may have ended before. */
  end(): void {
    this.#giveBack();
    this.#thread?.end();
  }
}

function copyOf(column: Column, copied: <T extends { slice(): T; readonly buffer: ArrayBufferLike }>(values: T) => T) {
  switch (column.type) {
    case "number": {
      const { values } = column;
      return { ...column, values: values instanceof Float64Array ? copied(values) : copied(values) };
    }
    case "boolean":
      return { ...column, values: copied(column.values) };
    case "date":
      return { ...column, values: copied(column.values) };
    case "text":
      return { ...column, codes: copied(column.codes) };
    default:
      return column satisfies never;
  }
}
