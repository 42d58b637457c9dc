import cliProgress from "cli-progress";
import { type ArmId, arms, describeArm } from "./arms.ts";
import type { CompareEvent } from "./compare.ts";
import type { Settings, TrialResult } from "./results.ts";
import { mean } from "./statistics.ts";
import { figure, type Output } from "./terminal.ts";

/** Shows how far a run is. */
export interface Progress {
  readonly update: (event: CompareEvent) => void;
  /** Leaves the terminal as it was found. */
  readonly stop: () => void;
}

/** Bars on a terminal, a line per finished seed elsewhere. */
export function showProgress(output: Output, seeds: readonly number[], settings: Settings): Progress {
  return output.terminal === undefined
    ? lines(output, seeds)
    : bars(output, output.terminal, seeds.length, settings.epochs);
}

/** One bar per arm, over the epochs of all its seeds, with the mean test errors of the finished ones. */
function bars({ write, colors }: Output, terminal: NodeJS.WritableStream, seeds: number, epochs: number): Progress {
  const width = Math.max(...arms.map((arm) => describeArm(arm).length));
  const multi = new cliProgress.MultiBar({
    stream: terminal,
    format: `{arm} ${colors.cyan("{bar}")} {percentage}% {seeds} seeds  {errors}`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 18,
    hideCursor: true,
    autopadding: true,
    // Ctrl-C is the command's business: it stops the training and then these bars.
    gracefulExit: false,
  });
  write(colors.dim("Mean test MAE so far, in mpg; in brackets with running statistics recomputed:\n"));
  const bars = new Map<ArmId, cliProgress.SingleBar>();
  const finished = new Map<ArmId, TrialResult[]>();
  for (const arm of arms) {
    const start = { arm: describeArm(arm).padEnd(width), seeds: `0/${seeds}`, errors: "" };
    bars.set(arm.id, multi.create(seeds * epochs, 0, start));
    finished.set(arm.id, []);
  }
  return {
    update: (event) => {
      const { arm } = event.trial;
      const [bar, results] = [bars.get(arm), finished.get(arm)];
      if (bar === undefined || results === undefined) return;
      if (event.type === "epoch") bar.increment();
      else {
        results.push(event.result);
        bar.update({ seeds: `${results.length}/${seeds}`, errors: meanErrors(results) });
      }
    },
    stop: () => multi.stop(),
  };
}

/** "2.62 (2.20)" */
function meanErrors(results: readonly TrialResult[]): string {
  const kinds = (["asTrained", "recomputed"] as const).map((kind) => {
    const maes = results.flatMap(({ scores }) => scores[kind]?.testMae ?? []);
    return maes.length === 0 ? "" : figure(mean(maes));
  });
  if (kinds[0] === "") return "diverged";
  return kinds[1] === "" ? kinds[0] : `${kinds[0]} (${kinds[1]})`;
}

/** A line for each seed when all its arms are trained: their test errors side by side. */
function lines({ write }: Output, seeds: readonly number[]): Progress {
  const finished = new Map<number, TrialResult[]>();
  let done = 0;
  write("Test MAE of each seed, in mpg; in brackets with running statistics recomputed:\n");
  return {
    update: (event) => {
      if (event.type !== "trial") return;
      const { seed } = event.trial;
      const results = [...(finished.get(seed) ?? []), event.result];
      finished.set(seed, results);
      if (results.length < arms.length) return;
      done++;
      const figures = arms.map(({ id }) => `${id} ${meanErrors(results.filter(({ arm }) => arm === id))}`);
      const number = String(done).padStart(String(seeds.length).length);
      write(`${number}/${seeds.length} seed ${seed}: ${figures.join(", ")}\n`);
    },
    stop: () => {},
  };
}
