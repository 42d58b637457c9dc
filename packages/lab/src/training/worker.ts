import * as Comlink from "comlink";
import { type Finding, type Table, TableError } from "evenkeel/tabular";
import type { MeaningOptions } from "../../../cli/src/tables/meaning.ts";
import { type Programs, programsOf, tableFile } from "../code/programs.ts";
import type { preparePictures } from "../pictures/pictureRows.ts";
import { hasPictures, type Setup, type Side } from "../state/setup.ts";
import type { StudyAnswer, StudyProgress } from "../study/ask.ts";
import type { Frame } from "./frames.ts";
import { type LintFinding, lint } from "./lint.ts";
import { savedNetwork } from "./model.ts";
import { type RateResult, rates } from "./rateRange.ts";
import { RateStrip } from "./rates.ts";
import { type Recomputed, recompute } from "./recompute.ts";
import { type PreparedRows, prepareRows, type SettledTable, settleTable } from "./rows.ts";
import { Runner } from "./runner.ts";
import { programsFor, type Trainer } from "./trainer.ts";

/** What the page learns of a table and a set-up before the first step. */
export interface Started {
  readonly findings: readonly Finding[];
  readonly task: PreparedRows["schema"]["task"];
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
}

/** Why a table is not trained on. An error that is thrown would lose its findings on its way to the page. */
export interface Refused {
  readonly refused: string;
  readonly findings: readonly Finding[];
}

/** Steps a second, or as many as the processor does. */
export type Speed = number | "full";

/** A frame is sent at most so often; less often, curves jump. */
const frameMilliseconds = 33;
/** After so much work the worker looks at its messages: a slider that moves waits no longer. */
const turnMilliseconds = 8;

/** What runs in a worker: one of the two trainings, or the strip of learning rates. */
export class TrainingWorker {
  #table: Table | undefined;
  #meaning: MeaningOptions = {};
  /** Loaded when pictures are chosen. */
  #preparePictures: typeof preparePictures | undefined;
  #settled: { readonly key: string; readonly table: SettledTable } | undefined;
  #prepared: { readonly key: string; readonly rows: PreparedRows } | undefined;
  #runner: { readonly key: string; readonly runner: Runner } | undefined;
  #strip: { readonly key: string; readonly strip: RateStrip } | undefined;
  #setup: Setup | undefined;
  #side: Side = "left";
  #run = 0;
  #speed: Speed = "full";
  #playing = false;
  #looping = false;
  /** When the last frame of the training was sent. */
  #sent = Number.NEGATIVE_INFINITY;
  #stripRun = 0;
  #asking = new AbortController();
  #onFrame: ((frame: Frame) => void) | undefined;

  /** The table of the trainings that follow, and what its owner says about its columns. */
  setTable(table: Table, meaning: MeaningOptions = {}): void {
    this.#table = table;
    this.#meaning = meaning;
    this.#settled = undefined;
    this.#prepared = undefined;
    this.#stripRun++;
    this.#forget();
  }

  /** Who is told of frames. */
  listen(onFrame: (frame: Frame) => void): void {
    this.#onFrame = onFrame;
  }

  /** Begins a training anew; it runs if `playing`. The frames that follow say `run`. */
  async start(run: number, setup: Setup, side: Side, playing: boolean): Promise<Started | Refused> {
    if (hasPictures(setup)) await this.#loadPictures();
    let rows: PreparedRows;
    try {
      rows = this.#rows(setup);
    } catch (error) {
      if (error instanceof TableError) return { refused: error.message, findings: error.findings };
      throw error;
    }
    this.#run = run;
    this.#setup = setup;
    this.#side = side;
    const key = programsFor(rows, setup, setup[side]);
    if (this.#runner?.key === key) this.#runner.runner.restart(rows, setup);
    else {
      this.#runner?.runner.dispose();
      this.#runner = undefined;
      this.#runner = { key, runner: new Runner(rows, setup, setup[side]) };
    }
    this.#sent = Number.NEGATIVE_INFINITY;
    // A loop that pauses between steps may be a while in telling that there are none.
    if (playing && this.#speed !== "full") this.#send(true);
    this.play(playing);
    const { findings, schema, split } = rows;
    return {
      findings,
      task: schema.task,
      rows: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    };
  }

  setSpeed(speed: Speed): void {
    this.#speed = speed;
  }

  play(playing: boolean): void {
    this.#playing = playing;
    if (playing) void this.#loop();
    else this.#send(false);
  }

  /** Some steps while paused. */
  advance(count: number): void {
    this.#runner?.runner.advance(count);
    this.#send(this.#playing);
  }

  /** Trains again from the seed up to a step: the same seed gives the same bits. */
  rewind(run: number, step: number): void {
    if (this.#runner === undefined || this.#setup === undefined) return;
    this.#run = run;
    this.#playing = false;
    this.#runner.runner.restart(this.#rows(this.#setup), this.#setup);
    this.#runner.runner.advance(step);
    this.#send(false);
  }

  /** The network as the bytes of a file. @throws Error if the command has no such network for a table */
  save(): Uint8Array {
    const { setup, rows, trainer } = this.#started();
    return savedNetwork(rows, setup, this.#side, trainer);
  }

  /** What the library's linter says of the network as it is now. */
  lint(): readonly LintFinding[] {
    if (this.#runner === undefined) return [];
    const { setup, trainer } = this.#started();
    return lint(trainer, setup);
  }

  /** What recomputed statistics would make of the error; undefined where there are none. */
  recompute(): Recomputed | undefined {
    if (this.#runner === undefined) return undefined;
    const { rows, trainer } = this.#started();
    return recompute(trainer, rows);
  }

  /** The training as programs. */
  programs(file: string): Programs | undefined {
    return this.#setup && programsOf(this.#rows(this.#setup), this.#setup, this.#side, file);
  }

  /** The file that the programs read. */
  table(): Blob {
    return tableFile(this.#started().rows);
  }

  /** The training as it is now. @throws Error if there is none */
  #started(): { readonly setup: Setup; readonly rows: PreparedRows; readonly trainer: Trainer } {
    if (this.#runner === undefined || this.#setup === undefined) throw new Error("nothing is trained yet");
    return { setup: this.#setup, rows: this.#rows(this.#setup), trainer: this.#runner.runner.trainer };
  }

  /** Trains at all rates of the strip, and tells of each. A later call ends an earlier one. */
  async strip(setup: Setup, side: Side, onResult: (result: RateResult) => void): Promise<boolean> {
    const mine = ++this.#stripRun;
    if (hasPictures(setup)) {
      await this.#loadPictures();
      if (mine !== this.#stripRun) return false;
    }
    const rows = this.#rows(setup);
    const key = programsFor(rows, setup, setup[side]);
    if (this.#strip?.key === key) this.#strip.strip.restart(rows, setup);
    else {
      this.#strip?.strip.dispose();
      this.#strip = undefined;
      this.#strip = { key, strip: new RateStrip(rows, setup, setup[side]) };
    }
    const { strip } = this.#strip;
    for (const lr of rates) {
      onResult(strip.train(lr));
      await turn();
      if (mine !== this.#stripRun) return false;
    }
    return true;
  }

  /** Asks the library's study about both networks. Its code is loaded when it is first asked. */
  async ask(setup: Setup, seeds: number, onProgress: (progress: StudyProgress) => void): Promise<StudyAnswer> {
    const { askStudy } = await import("../study/ask.ts");
    this.#asking.abort();
    this.#asking = new AbortController();
    return askStudy(this.#given(), setup.target, setup, {
      ...{ seeds, meaning: this.#meaning },
      ...{ signal: this.#asking.signal, onProgress },
    });
  }

  /** Ends a study early; its answer is then that of the networks that were trained. */
  stopAsking(): void {
    this.#asking.abort();
  }

  #given(): Table {
    if (this.#table === undefined) throw new Error("there is no table yet");
    return this.#table;
  }

  #rows(setup: Setup): PreparedRows {
    const table = this.#given();
    const { target, seed, scale, times, constant } = setup;
    const key = JSON.stringify([target, seed, scale, times, constant]);
    if (this.#prepared?.key === key) return this.#prepared.rows;
    const rows = hasPictures(setup)
      ? this.#pictures(table, setup)
      : prepareRows(table, target, setup, this.#settledTable(table, setup));
    this.#prepared = { key, rows };
    return rows;
  }

  /** What is found out of the table is the same for every seed. */
  #settledTable(table: Table, setup: Setup): SettledTable {
    const { target, times, constant } = setup;
    const key = JSON.stringify([target, times, constant]);
    if (this.#settled?.key !== key) this.#settled = { key, table: settleTable(table, target, setup, this.#meaning) };
    return this.#settled.table;
  }

  /** What was made of another table. */
  #forget(): void {
    this.#runner?.runner.dispose();
    this.#strip?.strip.dispose();
    this.#runner = undefined;
    this.#strip = undefined;
  }

  async #loadPictures(): Promise<void> {
    this.#preparePictures ??= (await import("../pictures/pictureRows.ts")).preparePictures;
  }

  #pictures(table: Table, setup: Setup): PreparedRows {
    if (this.#preparePictures === undefined) throw new Error("pictures are prepared once they are trained on");
    return this.#preparePictures(table, setup);
  }

  async #loop(): Promise<void> {
    if (this.#looping) return;
    this.#looping = true;
    try {
      while (this.#playing && this.#runner !== undefined) {
        const { runner } = this.#runner;
        const run = this.#run;
        const wait = this.#speed === "full" ? 0 : Math.max(0, 1000 / this.#speed);
        runner.advance(
          wait === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(frameMilliseconds / wait)),
          turnMilliseconds,
        );
        const now = performance.now();
        if (run === this.#run && (runner.isOver || now - this.#sent >= frameMilliseconds)) {
          this.#send(true);
          this.#sent = now;
        }
        if (runner.isOver) this.#playing = false;
        await (wait === 0 ? turn() : pause(Math.max(wait, frameMilliseconds)));
      }
    } finally {
      this.#looping = false;
    }
  }

  #send(playing: boolean): void {
    if (this.#runner !== undefined) this.#onFrame?.(this.#runner.runner.frame(this.#run, playing));
  }
}

/** A turn of the event loop, without the milliseconds that a timer may add. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) Comlink.expose(new TrainingWorker());
