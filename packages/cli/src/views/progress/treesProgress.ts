import type { TreeIterationEvent } from "evenkeel/train";
import type { Output } from "../../shell/terminal.ts";
import { clock } from "./clock.ts";

/** Shows how many rounds of trees are grown. */
interface TreesProgress {
  /** @param refit whether there will be one */
  readonly start: (refit: boolean) => void;
  readonly round: (event: Pick<TreeIterationEvent, "stage" | "iteration" | "iterations">) => void;
  readonly stop: () => void;
}

/** Milliseconds between two drawings, and before the first line for a pipe. */
const redraw = 100;
const patience = 1000;

/**
 * A line that is redrawn on a terminal; elsewhere a line for each tenth of the rounds, once they have
 * taken a second: most trees are grown before that.
 */
export function treesProgress(output: Output, now = () => performance.now()): TreesProgress {
  const { terminal } = output;
  let refits = false;
  /** When the first round was done, which has the preparations too. */
  let began: number | undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  const textOf = ({ stage, iteration, iterations }: Parameters<TreesProgress["round"]>[0], time: number): string => {
    const done = iteration + (stage === "refit" ? iterations : 0);
    const left = (refits ? 2 : 1) * iterations - done;
    const spent = (time - (began ?? time)) / 1000;
    const what = stage === "refit" ? "refit, round" : "round";
    const rest = spent < 1 || left === 0 ? "" : `  at most ${clock((spent / (done - 1)) * left)} left`;
    return `${what} ${String(iteration).padStart(String(iterations).length)}/${iterations}${rest}`;
  };
  const stop = () => {
    if (drawn > Number.NEGATIVE_INFINITY) terminal === undefined ? output.write("\n") : terminal.write("\r\x1b[2K");
    drawn = Number.NEGATIVE_INFINITY;
  };
  return {
    start: (refit) => {
      refits = refit;
    },
    round: (event) => {
      const time = now();
      began ??= time;
      if (terminal === undefined) {
        const isTenth = event.iteration % Math.max(1, Math.ceil(event.iterations / 10)) === 0;
        if (!isTenth || time - began < patience) return;
        output.write(`${textOf(event, time)}\n`);
        drawn = time;
        return;
      }
      if (time - drawn < redraw) return;
      terminal.write(`\r\x1b[2K${textOf(event, time)}`);
      drawn = time;
    },
    stop,
  };
}
