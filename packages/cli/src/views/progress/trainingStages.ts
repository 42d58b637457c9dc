import type { TableStartEvent } from "evenkeel/train";
import type { EpochLine } from "../../records/runs/types.ts";
import type { Output } from "../../shell/terminal.ts";
import { type TrainingProgress, trainingProgress } from "./trainingProgress.ts";

/** The progress of a training on a table: of the training, of the folds after it, of its refit. */
interface TrainingStages {
  readonly start: (event: TableStartEvent) => void;
  /** `epochs`: those of the stage. */
  readonly epoch: (line: EpochLine, epochs: number) => void;
  readonly stop: () => void;
}

export function trainingStages(output: Output): TrainingStages {
  let progress: TrainingProgress | undefined;
  let newStage: ((line: EpochLine, epochs: number) => TrainingProgress) | undefined;
  let current = "";
  return {
    start: ({ split, plan, metric, streamedRows }) => {
      const rows = streamedRows ?? split.train.length;
      const all = rows + split.validation.length;
      const { epochs, lengthFolds, refit } = plan;
      // A training that may end early has at most so many epochs.
      const atMost = plan.patience !== false;
      const ofRefit = refit ? (epochs * all) / rows : 0;
      const common = { metric, atMost };
      progress = trainingProgress(output, { ...common, epochs, rows, further: (lengthFolds - 1) * epochs + ofRefit });
      newStage = ({ stage, fold = 0 }, epochs) => {
        if (stage === "refit") return trainingProgress(output, { metric, epochs, rows: all, stage: "refit" });
        const further = (lengthFolds - fold) * epochs + ofRefit;
        return trainingProgress(output, {
          ...common,
          epochs,
          rows,
          further,
          stage: `fold ${fold} of ${lengthFolds}, epoch`,
        });
      };
    },
    epoch: (line, epochs) => {
      const name = `${line.stage} ${line.fold}`;
      if (line.stage !== undefined && name !== current && newStage !== undefined) {
        progress?.stop();
        progress = newStage(line, epochs);
        current = name;
      }
      progress?.epoch(line);
    },
    stop: () => progress?.stop(),
  };
}
