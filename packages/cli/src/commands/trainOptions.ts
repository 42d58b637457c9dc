import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { type Activation, activations, type Norm, norms, type PreprocessingOptions } from "evenkeel/tabular";
import {
  type ClassWeights,
  lossNames,
  optimizerNames,
  scheduleNames,
  statisticsNames,
  type TrainTableOptions,
} from "evenkeel/train";
import { type ColumnFlags, columnOptions } from "../actions/columns.ts";
import { defined } from "../shell/defined.ts";
import { nonNegativeNumber, pairs, positiveNumber, share, wholeNumber, widths } from "./arguments.ts";
import { addColumnFlags } from "./columnOptions.ts";

/** What `evenkeel train` can be told about the training, as commander parses it. */
export interface TrainFlags extends ColumnFlags {
  readonly hidden?: number[];
  readonly norm?: Norm;
  readonly normPlace?: "before" | "after";
  readonly activation?: Activation;
  readonly dropout?: number;
  readonly scale?: PreprocessingOptions["scale"];
  readonly targetScale?: PreprocessingOptions["target"];
  readonly embedAbove?: number;
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly lr?: number;
  readonly optimizer?: (typeof optimizerNames)[number];
  readonly weightDecay?: number;
  readonly schedule?: (typeof scheduleNames)[number];
  readonly loss?: (typeof lossNames)[number];
  readonly clipGradNorm?: number;
  readonly patience?: number;
  readonly earlyStopping: boolean;
  readonly classWeights?: ClassWeights;
  readonly statistics?: (typeof statisticsNames)[number];
  readonly refit?: boolean;
  readonly seed?: number;
  readonly validation?: number;
  readonly test?: number;
  readonly compile: boolean;
}

/** Adds the flags to a command, in groups as its help shows them. */
export function addTrainFlags(command: CommandUnknownOpts): void {
  const group = (title: string, ...options: Option[]) => {
    for (const option of options) command.addOption(option.helpGroup(`${title}:`));
  };
  addColumnFlags(command);
  group(
    "Rows",
    new Option("--validation <share>", "rows that choices are made by (default: 0.16)").argParser(share),
    new Option("--test <share>", "rows that are scored once, at the end (default: 0.2)").argParser(share),
    new Option(
      "--seed <n>",
      "split, starting weights, order of rows and dropout follow from it (default: 0)",
    ).argParser(wholeNumber(0)),
  );
  group(
    "Preprocessing",
    new Option("--scale <how>", "of numeric columns (default: zscore)").choices(["zscore", "robust", "none"]),
    new Option("--target-scale <how>", "of a numeric target (default: zscore)").choices(["zscore", "log", "none"]),
    new Option("--embed-above <n>", "embed columns of more categories than this (default: 12)").argParser(
      wholeNumber(0),
    ),
  );
  group(
    "Network",
    new Option("--hidden <widths>", "widths of the hidden layers, or none (default: 128,64)").argParser(widths),
    new Option("--norm <kind>", "normalization of hidden layers (default: batch)").choices(norms),
    new Option("--norm-place <place>", "before or after the activation (default: before)").choices(["before", "after"]),
    new Option("--activation <name>", "(default: relu)").choices(activations),
    new Option("--dropout <share>", "of the activations of hidden layers (default: 0.15; 0.25 for classes)").argParser(
      share,
    ),
  );
  group(
    "Training",
    new Option("--epochs <n>", "at most so many passes over the training rows (default: by their number)").argParser(
      wholeNumber(1),
    ),
    new Option("--batch-size <n>", "rows per step (default: by their number)").argParser(wholeNumber(1)),
    new Option("--lr <rate>", "learning rate (default: 0.01; 0.1 for sgd)").argParser(positiveNumber),
    new Option("--optimizer <name>", "(default: adamw)").choices(optimizerNames),
    new Option("--weight-decay <n>", "(default: 0; 0.1 for adamw)").argParser(nonNegativeNumber),
    new Option("--schedule <name>", "how the learning rate moves (default: onecycle)").choices(scheduleNames),
    new Option("--loss <name>", "for a numeric target (default: mse)").choices(lossNames),
    new Option("--clip-grad-norm <n>", "bound on the norm of a step's gradients").argParser(positiveNumber),
    new Option(
      "--patience <n>",
      "stop after so many epochs without a better validation loss, and keep the best weights (default: 30; with onecycle and cosine all epochs are trained)",
    ).argParser(wholeNumber(1)),
    new Option("--no-early-stopping", "train all epochs and keep the last weights"),
    new Option(
      "--refit",
      "train once more, on training and validation rows, and keep those weights (default: up to 10,000 of these rows, where all epochs are trained)",
    ),
    new Option("--no-refit", "keep the weights of the training that was validated"),
    new Option("--class-weights <weights>", "balanced, or CLASS=FACTOR,… (default: none)").argParser(classWeights),
    new Option("--statistics <which>", "batch normalization's running statistics to keep (default: better)").choices(
      statisticsNames,
    ),
    new Option("--no-compile", "run op by op, for debugging"),
  );
}

/** The flags as the library takes them. */
export function trainTableOptions(flags: TrainFlags): Omit<TrainTableOptions, "target"> {
  const { batchSize, epochs, lr, optimizer, weightDecay, schedule, loss } = flags;
  const { clipGradNorm, statistics, refit, seed, compile, hidden, norm, normPlace, activation, dropout } = flags;
  return defined({
    ...columnOptions(flags),
    ...{
      batchSize,
      epochs,
      lr,
      optimizer,
      weightDecay,
      schedule,
      loss,
      clipGradNorm,
      statistics,
      refit,
      seed,
      compile,
    },
    split: defined({ validation: flags.validation, test: flags.test }),
    preprocessing: defined({ scale: flags.scale, target: flags.targetScale, embedAbove: flags.embedAbove }),
    network: defined({ hidden, norm, normPlace, activation, dropout }),
    patience: flags.earlyStopping ? flags.patience : false,
    classWeights: flags.classWeights,
  });
}

function classWeights(text: string): ClassWeights {
  if (text === "balanced" || text === "none") return text;
  const given = Object.entries(pairs(text, undefined)).map(([name, factor]): [string, number] => [
    name,
    positiveNumber(factor),
  ]);
  return Object.fromEntries(given);
}
