import cliProgress from "cli-progress";
import type { EpochLine } from "../../records/runs/types.ts";
import { scoreText, wholeText } from "../../shell/figures.ts";
import { compareScores, metricFacts } from "../../shell/metrics.ts";
import type { Output } from "../../shell/terminal.ts";
import { clock } from "./clock.ts";
import { sparkline } from "./sparkline.ts";

/** Shows the progress of a training. */
export interface TrainingProgress {
  /** Call it after each epoch, with the fields of the training's event. */
  readonly epoch: (line: EpochLine) => void;
  /** Call it at the end, also after an error: writes the last epoch, and restores the terminal. */
  readonly stop: () => void;
}

interface TrainingProgressOptions {
  /** The number of epochs. */
  readonly epochs: number;
  /** The number of rows in an epoch. */
  readonly rows: number;
  /** What stands before the number of an epoch, if not "epoch". The time of such a stage's first epoch is unknown. */
  readonly stage?: string | undefined;
  /** Whether it may end before its last epoch. */
  readonly atMost?: boolean | undefined;
  /** The work that follows, in epochs, for the time that is left. */
  readonly further?: number | undefined;
  /** The metric to show, of the validation rows if there are any: "mae", "loss". */
  readonly metric: string;
}

/**
 * A line that is redrawn on a terminal; elsewhere a line for the first epoch, each tenth of the
 * epochs, and the last.
 */
export function trainingProgress(output: Output, options: TrainingProgressOptions): TrainingProgress {
  const state = new TrainingState(options);
  return output.terminal === undefined ? lines(output, state) : bar(output, output.terminal, state);
}

/** The state of a training. */
class TrainingState {
  readonly options: TrainingProgressOptions;
  readonly values: number[] = [];
  last: EpochLine | undefined;
  best: { readonly epoch: number; readonly value: number } | undefined;
  /** The first epoch of this process, which may have resumed a training. */
  #first: { readonly epoch: number; readonly seconds: number } | undefined;

  constructor(options: TrainingProgressOptions) {
    this.options = options;
  }

  add(line: EpochLine): void {
    const value = this.#valueOf(line);
    this.#first ??= { epoch: line.epoch, seconds: line.seconds };
    this.last = line;
    this.values.push(value);
    if (compareScores(this.options.metric, value, this.best?.value) < 0) this.best = { epoch: line.epoch, value };
  }

  #valueOf({ train, validation }: EpochLine): number {
    return (validation ?? train)[this.options.metric] ?? Number.NaN;
  }

  /**
   * Mean seconds of an epoch; undefined until one was timed. The first one of this process, in which
   * a step is compiled, counts only while there is no other, and not where others' time is before it.
   */
  get #pace(): number | undefined {
    if (this.last === undefined || this.#first === undefined) return undefined;
    const isWhole = this.last.epoch === 1 && this.options.stage === undefined;
    const from = isWhole ? { epoch: 0, seconds: 0 } : this.#first;
    const epochs = this.last.epoch - from.epoch;
    const seconds = this.last.seconds - from.seconds;
    return epochs > 0 && seconds > 0 ? seconds / epochs : undefined;
  }

  get position(): string {
    const all = String(this.options.epochs);
    return `${this.options.stage ?? "epoch"} ${String(this.last?.epoch ?? 0).padStart(all.length)}/${all}`;
  }

  get rate(): string {
    const pace = this.#pace;
    return pace === undefined ? "" : `${wholeText(Math.round(this.options.rows / pace))} rows/s`;
  }

  get current(): string {
    if (this.last === undefined) return "";
    const part = this.last.validation === undefined ? "train " : "";
    return `${part}${metricFacts(this.options.metric).short} ${scoreText(this.values[this.values.length - 1])}`;
  }

  get bestText(): string {
    return this.best === undefined ? "" : `best ${scoreText(this.best.value)} at ${this.best.epoch}`;
  }

  /** "1:05 left" */
  get left(): string {
    const { epochs, further = 0, atMost = false } = this.options;
    const [pace, left] = [this.#pace, epochs - (this.last?.epoch ?? 0) + further];
    return pace === undefined || this.last?.epoch === epochs || left <= 0
      ? ""
      : `${atMost ? "up to " : ""}${clock(pace * left)} left`;
  }
}

function bar({ colors }: Output, terminal: NodeJS.WritableStream, state: TrainingState): TrainingProgress {
  const single = new cliProgress.SingleBar({
    stream: terminal,
    format: (_options, { progress }) => {
      // The terminal may become narrower in between. One column stays free, because some terminals
      // would wrap the line.
      const columns = (terminal as { readonly columns?: number }).columns ?? 80;
      return barLine(state, progress, columns - 1)
        .map(({ text, color }) => (color ? colors[color](text) : text))
        .join("");
    },
    hideCursor: true,
    // The command handles Ctrl-C: it stops the training and then this bar.
    gracefulExit: false,
  });
  single.start(state.options.epochs, 0);
  return {
    epoch: (line) => {
      state.add(line);
      single.update(line.epoch);
    },
    stop: () => single.stop(),
  };
}

interface Piece {
  readonly text: string;
  readonly color?: "cyan" | "green" | "dim";
}

/** The most important parts that fit into the width, in a fixed order; the bar takes the rest. */
function barLine(state: TrainingState, progress: number, width: number): Piece[] {
  const drawing: Piece = { text: sparkline(state.values, 16), color: "dim" };
  const best: Piece = { text: state.bestText, color: "green" };
  const [position, current, left, rate] = [state.position, state.current, state.left, state.rate].map((text) => ({
    text,
  }));
  const byImportance: Piece[] = [position, current, best, left, drawing, rate];
  const shown: Piece[] = [];
  let used = 0;
  for (const piece of byImportance) {
    const length = piece.text.length + (used === 0 ? 0 : 2);
    if (piece.text === "" || used + length > width) continue;
    shown.push(piece);
    used += length;
  }
  const inOrder = [position, current, best, drawing, rate, left].filter((piece) => shown.includes(piece));
  const room = Math.min(24, width - used - 2);
  if (room >= 6) {
    const done = Math.round(Math.min(1, progress) * room);
    inOrder.splice(1, 0, { text: "█".repeat(done) + "░".repeat(room - done), color: "cyan" });
  }
  return inOrder.flatMap((piece, i) => (i === 0 ? [piece] : [{ text: "  " }, piece]));
}

function lines({ write }: Output, state: TrainingState): TrainingProgress {
  const step = Math.max(1, Math.ceil(state.options.epochs / 10));
  let written = 0;
  const tell = () => {
    written = state.last?.epoch ?? 0;
    const best = state.bestText === "" ? "" : ` (${state.bestText})`;
    write(
      `${[state.position, state.current + best, state.rate, state.left].filter((text) => text !== "").join("  ")}\n`,
    );
  };
  return {
    epoch: (line) => {
      state.add(line);
      if (written === 0 || line.epoch % step === 0 || line.epoch >= state.options.epochs) tell();
    },
    stop: () => {
      if (state.last !== undefined && state.last.epoch !== written) tell();
    },
  };
}
