import type { TableStartEvent } from "evenkeel/train";
import type { EpochLine } from "../../records/runs/types.ts";
import type { Output } from "../../shell/terminal.ts";
import { type TrainingProgress, trainingProgress } from "./trainingProgress.ts";

/** The progress of a training on a table: first that of the training, then that of its refit. */
interface TrainingStages {
  readonly start: (event: TableStartEvent) => void;
  readonly epoch: (line: EpochLine) => void;
  readonly stop: () => void;
}

export function trainingStages(output: Output): TrainingStages {
  let progress: TrainingProgress | undefined;
  let refit: (() => TrainingProgress) | undefined;
  return {
    start: ({ split, plan, metric }) => {
      const [rows, all] = [split.train.length, split.train.length + split.validation.length];
      const { epochs } = plan;
      progress = trainingProgress(output, { epochs, rows, metric, further: plan.refit ? (epochs * all) / rows : 0 });
      refit = () => trainingProgress(output, { epochs, rows: all, metric, refit: true });
    },
    epoch: (line) => {
      if (line.stage === "refit" && refit !== undefined) {
        progress?.stop();
        progress = refit();
        refit = undefined;
      }
      progress?.epoch(line);
    },
    stop: () => progress?.stop(),
  };
}
