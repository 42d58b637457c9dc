import type { Finding, Table } from "evenkeel/tabular";
import type { MeaningOptions } from "../../../cli/src/tables/meaning.ts";
import type { Programs } from "../code/programs.ts";
import type { StudyAnswer, StudyProgress } from "../study/ask.ts";
import { loadBuiltin, loadPictureParts } from "../tables/builtin.ts";
import { givenName, givenTable } from "../tables/given.ts";
import type { OwnTable } from "../tables/ownTable.ts";
import { usualTarget } from "../tables/target.ts";
import type { Frame } from "../training/frames.ts";
import type { LintFinding } from "../training/lint.ts";
import type { RateResult } from "../training/rateRange.ts";
import type { Speed, Started } from "../training/worker.ts";
import { Latest } from "./latest.ts";
import { readLink, writeLink } from "./link.ts";
import { hasPictures, otherTable, type Setup, type Side, sides } from "./setup.ts";
import { Together } from "./together.ts";
import { Training } from "./training.svelte.ts";
import { callback, newTrainingWorker, type RemoteTraining } from "./workers.ts";

/** What scripts/budgets.ts measures by. */
const marks = {
  change: "lab: change",
  firstCurve: "lab: change to curve",
  strip: "lab: strip",
  wholeStrip: "lab: whole strip",
} as const;

/** What workers tell is shown at most so often. */
const newsMilliseconds = 30;

/** What the study said when it was last asked. */
export interface Asked {
  readonly seeds: number;
  readonly answer: StudyAnswer;
  readonly setup: Setup;
  /** The table and its column. */
  readonly of: string;
}

/**
 * The state of the page. A set-up is changed by {@link change}, which restarts both trainings from the
 * seed and writes the address.
 */
export class Lab {
  setup = $state.raw<Setup>(readLink("").setup);
  /** What the link said that the page does not understand. */
  linkProblems = $state.raw<readonly string[]>([]);
  table = $state.raw<Table | undefined>();
  /** What draws and describes the pictures that the rows are; undefined if they are none. The set-up may be ahead of it. */
  pictures = $state.raw<Awaited<ReturnType<typeof loadPictureParts>> | undefined>();
  /** The name of the visitor's file; empty for built-in tables. */
  tableName = $state("");
  target = $state("");
  noticed = $state.raw<readonly string[]>([]);
  started = $state.raw<Started | undefined>();
  /** Why there is no training. */
  error = $state.raw<{ readonly message: string; readonly findings: readonly Finding[] } | undefined>();
  /** The name of the file that is being read; empty if none is. */
  reading = $state("");
  /** Why the last file was not read. The page keeps the table that it has. */
  fileProblem = $state("");
  /** Undefined before the study is asked, and while it is. */
  asked = $state.raw<Asked | undefined>();
  playing = $state(true);
  speed = $state<Speed>("full");
  readonly left = new Training("left");
  readonly right = new Training("right");
  readonly trainings = [this.left, this.right] as const;
  readonly #workers: Readonly<Record<Side, RemoteTraining>>;
  /** Made once both trainings run: what starts beside them would hold up their first curves. */
  #strips: Readonly<Record<Side, RemoteTraining>> | undefined;
  /** Made when the study is first asked. */
  #study: RemoteTraining | undefined;
  /** A slider asks for starts faster than workers make them. */
  readonly #starts = new Latest();
  /** The set-up that the strips are of, as text, but for its rate: they have all rates. */
  #stripsOf = "";
  readonly #news = new Together(newsMilliseconds);
  #run = 0;
  #files = 0;
  #own: OwnTable | undefined;
  /** What is said about the columns of the table. */
  #meaning: MeaningOptions | undefined;
  #loaded = "";

  constructor() {
    this.#workers = newPair();
    for (const side of sides) {
      void this.#workers[side].listen(callback((frame: Frame) => this.#hear(side, frame)));
    }
  }

  /** Whether neither training has a step left. */
  get isOver(): boolean {
    return this.trainings.every(({ state }) => state === "finished" || state === "diverged");
  }

  /** Reads the address, and starts. */
  async open(hash: string): Promise<void> {
    const { setup, problems } = readLink(hash);
    this.linkProblems = problems;
    await this.#show(setup);
  }

  /** Changes settings. Both trainings begin anew from the seed. */
  async change(changes: Partial<Setup>): Promise<void> {
    await this.#show({ ...this.setup, ...changes });
  }

  /** Reads a CSV or Parquet file of the visitor's, and trains on it from now on. A later file replaces an earlier. */
  async openFile(file: File): Promise<void> {
    const mine = ++this.#files;
    this.reading = file.name;
    this.fileProblem = "";
    try {
      const { readOwn } = await import("../tables/own.ts");
      const own = await readOwn(file);
      if (mine !== this.#files) return;
      void this.useTable(own, usualTarget(own.table));
    } catch (error) {
      if (mine === this.#files) this.fileProblem = (error as Error).message;
    } finally {
      if (mine === this.#files) this.reading = "";
    }
  }

  /** Trains on a table of the visitor's from now on. */
  async useTable(own: OwnTable, target: string): Promise<void> {
    this.#own = own;
    this.#loaded = "";
    await this.change(otherTable(this.setup, "own", target));
  }

  async play(playing: boolean): Promise<void> {
    this.playing = playing;
    await Promise.all(sides.map((side) => this.#workers[side].play(playing)));
  }

  async advance(count: number): Promise<void> {
    if (this.playing) await this.play(false);
    await Promise.all(sides.map((side) => this.#workers[side].advance(count)));
    this.#news.runNow();
  }

  /** Goes back, or on, to a step; the same seed gives the same bits. */
  async goTo(step: number): Promise<void> {
    this.playing = false;
    const run = ++this.#run;
    await this.#starts.run(async () => {
      for (const training of this.trainings) training.clear();
      await Promise.all(sides.map((side) => this.#workers[side].rewind(run, step)));
      this.#news.runNow();
    });
  }

  async setSpeed(speed: Speed): Promise<void> {
    this.speed = speed;
    await Promise.all(sides.map((side) => this.#workers[side].setSpeed(speed)));
  }

  /** The trained network of a side as the bytes of the command's file. */
  save(side: Side): Promise<Uint8Array> {
    return this.#workers[side].save();
  }

  /** Compares both networks with several seeds, in a worker of its own, while the trainings go on. */
  async ask(seeds: number, onProgress: (progress: StudyProgress) => void): Promise<void> {
    const { setup, predicted: of } = this;
    const using = { ...setup, target: this.target };
    this.asked = undefined;
    this.#study ??= newTrainingWorker();
    await this.#study.setTable(this.table as Table, this.#meaning);
    const answer = await this.#study.ask(using, seeds, callback(onProgress));
    this.asked = { seeds, answer, setup, of };
  }

  /** What the last answer of the study is about: this set-up, another of the same table and column, or another table. */
  get askedAbout(): "this" | "another" | "another table" | undefined {
    if (this.asked === undefined) return undefined;
    if (this.asked.of !== this.predicted) return "another table";
    return JSON.stringify(this.asked.setup) === JSON.stringify(this.setup) ? "this" : "another";
  }

  /** The table and the column that is predicted, as one text. */
  get predicted(): string {
    return JSON.stringify([this.setup.table, this.tableName, this.target]);
  }

  /** Ends a study early; its answer is then that of the networks that were trained. */
  stopAsking(): void {
    void this.#study?.stopAsking();
  }

  /** A side's training as programs that read the table from a file of that name. */
  programs(side: Side, file: string): Promise<Programs | undefined> {
    return this.#workers[side].programs(file);
  }

  /** The file that the programs read. */
  tableFile(): Promise<Blob> {
    return this.#workers.right.table();
  }

  /** What the library's linter says of a side's network now. */
  lint(side: Side): Promise<readonly LintFinding[]> {
    return this.#workers[side].lint();
  }

  /** Recomputes the running statistics of both networks, on copies: the trainings go on as they were. */
  async recompute(): Promise<void> {
    const run = this.#run;
    const found = await Promise.all(sides.map((side) => this.#workers[side].recompute()));
    if (run !== this.#run) return;
    for (const [i, side] of sides.entries()) this[side].recomputed = found[i];
  }

  async #show(setup: Setup): Promise<void> {
    const run = ++this.#run;
    performance.mark(marks.change);
    this.#news.beginAnew();
    // A training that was paused stays so; one that is over is no longer wanted to stand still.
    if (this.isOver) this.playing = true;
    this.setup = setup;
    history.replaceState(null, "", `#${writeLink(setup)}`);
    try {
      await this.#load(setup);
      if (run !== this.#run) return;
      const using = { ...setup, target: this.target };
      const started = await this.#starts.run(async () => {
        const both = sides.map((side) => this.#workers[side].start(run, using, side, this.playing));
        return (await Promise.all(both))[0];
      });
      if (started === undefined || run !== this.#run) return;
      if ("refused" in started) {
        this.#refuse({ message: started.refused, findings: started.findings });
        return;
      }
      this.started = started;
      this.error = undefined;
      await this.#trainStrips(using);
    } catch (thrown) {
      if (run !== this.#run) return;
      this.#refuse({ message: (thrown as Error).message, findings: [] });
    }
  }

  #refuse(error: { readonly message: string; readonly findings: readonly Finding[] }): void {
    this.error = error;
    for (const training of this.trainings) training.clear();
  }

  /** Whether there is a table of the visitor's to go back to, and what it is called. */
  get ownName(): string {
    return this.#own?.name ?? givenName();
  }

  /** Nothing changes if another set-up is wanted before the table is there. */
  async #load(setup: Setup): Promise<void> {
    const { table: name, target } = setup;
    const wanted = `${name} ${target}`;
    if (this.#loaded === wanted) return;
    const run = this.#run;
    const { table, target: usual } = name === "own" ? await this.#loadOwn() : await loadBuiltin(name);
    const pictures = hasPictures(setup) ? await loadPictureParts() : undefined;
    if (run !== this.#run) return;
    const meaning = name === "own" ? this.#own?.meaning : undefined;
    if (this.table !== table) {
      // What was found out of the table before.
      this.started = undefined;
      this.error = undefined;
      for (const training of this.trainings) training.predictions = undefined;
      this.#stripsOf = "";
      // Nobody waits: a worker may be busy, and takes its messages in their order.
      for (const worker of Object.values(this.#workers)) void worker.setTable(table, meaning);
      for (const worker of Object.values({ ...this.#strips })) void worker.setTable(table, meaning);
    }
    this.table = table;
    this.#meaning = meaning;
    this.pictures = pictures;
    this.tableName = name === "own" ? (this.#own as OwnTable).name : "";
    this.noticed = name === "own" ? (this.#own as OwnTable).noticed : [];
    this.target = target === "" || pictures ? usual : target;
    this.#loaded = wanted;
  }

  async #loadOwn(): Promise<{ table: Table; target: string }> {
    if (this.#own === undefined && givenName() !== "") {
      const file = ++this.#files;
      this.reading = givenName();
      try {
        const given = await givenTable();
        // A file that was dropped meanwhile is wanted more.
        if (file === this.#files) this.#own = given;
      } finally {
        if (file === this.#files) this.reading = "";
      }
    }
    if (this.#own === undefined) {
      throw new Error("This link was made with a table of its owner’s. Drop that table here, or choose another.");
    }
    const { table, target = usualTarget(table) } = this.#own;
    return { table, target };
  }

  async #trainStrips(setup: Setup): Promise<void> {
    const { lr: _, ...others } = setup;
    const wanted = JSON.stringify(others);
    if (wanted === this.#stripsOf) return;
    this.#stripsOf = wanted;
    for (const training of this.trainings) training.rates = [];
    const strips = this.#strips ?? newPair();
    if (this.#strips === undefined)
      for (const side of sides) void strips[side].setTable(this.table as Table, this.#meaning);
    this.#strips = strips;
    performance.mark(marks.strip);
    const done = await Promise.all(
      sides.map((side) => {
        const training = this[side];
        const add = (result: RateResult) => {
          if (wanted === this.#stripsOf) training.rates = [...training.rates, result];
        };
        const hear = callback((result: RateResult) => this.#news.add(() => add(result)));
        return strips[side].strip(setup, side, hear);
      }),
    ).catch((error) => {
      if (wanted === this.#stripsOf) this.#stripsOf = "";
      throw error;
    });
    this.#news.runNow();
    if (done.every((whole) => whole)) performance.measure(marks.wholeStrip, marks.strip);
  }

  #hear(side: Side, frame: Frame): void {
    this.#news.add(() => this.#frame(side, frame));
    // The first steps are shown at once: a visitor waits for them.
    if (frame.run === this.#run && frame.step > 0 && this[side].step === 0) this.#news.runNow();
  }

  #frame(side: Side, frame: Frame): void {
    if (frame.run !== this.#run) return;
    const training = this[side];
    if (frame.points[0]?.step === 0) training.clear();
    const first = training.step === 0 && frame.step > 0;
    training.take(frame);
    if (first) performance.measure(marks.firstCurve, marks.change);
    if (this.isOver) this.playing = false;
  }
}

/** A worker for each side. */
function newPair(): Readonly<Record<Side, RemoteTraining>> {
  return { left: newTrainingWorker(), right: newTrainingWorker() };
}
