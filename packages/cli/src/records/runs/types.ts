import type { ScoreIntervals } from "evenkeel/tabular";
import type { FoldScores, TableDecision } from "evenkeel/train";
import { z } from "zod";
import { figure, jsonObject } from "../schemas.ts";

/** The files of a run; they have the same names in every folder. */
export const runFiles = {
  config: "config.json",
  metrics: "metrics.jsonl",
  model: "model.safetensors",
  checkpoint: "checkpoint.safetensors",
  report: "report.html",
  outOfFold: "out-of-fold.csv",
  result: "result.json",
} as const;

/** The file that identifies the folder of a study; studies are kept beside runs. */
export const studyFile = "study.json";

/** Scores of one part of the rows by metric. */
export type ScoresByName = Readonly<Record<string, number>>;

/** Scores by part of the rows; parts that were not scored are absent. */
export interface PartScores {
  readonly train?: ScoresByName;
  readonly validation?: ScoresByName;
  readonly test?: ScoresByName;
}

/** Scores with both kinds of running statistics, and the kind that the model now has. */
export interface BatchNormScores {
  readonly asTrained: PartScores;
  readonly recomputed: PartScores;
  readonly kept: "asTrained" | "recomputed";
}

/** The request for a training, as plain JSON. */
export interface Recipe {
  /** A file, a pattern or the name of a built-in table; absent with a query. */
  readonly source?: string;
  /** Flags that the table was read with. */
  readonly read: Readonly<Record<string, unknown>>;
  /** Options of the library's trainTable. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Digest of the table. */
  readonly fingerprint: string;
}

/** config.json of a run: everything that was decided before the first epoch. */
export interface RunConfig {
  /** Version of this format. */
  readonly format: 2;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** The arguments of the command, without Node and the script. */
  readonly command: readonly string[];
  readonly table: {
    /** A file, an address or a query: the source of the rows. */
    readonly source: string;
    readonly rows: number;
    readonly columns?: number;
  };
  readonly target: string;
  readonly task: "regression" | "binary" | "multiclass";
  readonly classes?: readonly string[];
  readonly seed: number;
  /** The number of rows in each part. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  /** All settings, defaults included. Nested objects are allowed. */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * What is needed to repeat the run: where and how the table is read, and the options as they were
   * given.
   */
  readonly recipe: Recipe;
  readonly versions: { readonly evenkeel: string; readonly node: string };
  /** What was asked for beside the model; a run that is resumed writes it too. */
  readonly outputs?: RunOutputs;
}

export interface RunOutputs {
  readonly report: boolean;
  readonly tensorboard: boolean;
  /** The path for a copy of the model, as it was given. */
  readonly out?: string;
  /** Into how many folds the rows are put to cross-validate the training. */
  readonly folds?: number;
}

/** What cross-validation found: scores over all rows, each predicted by a training that had not seen it. */
export interface RunFolds {
  /** How many folds. */
  readonly count: number;
  readonly scores: ScoresByName;
  readonly baselines: Readonly<Record<string, ScoresByName>>;
  readonly intervals: ScoreIntervals;
  /** Each score fold by fold. */
  readonly spread: Readonly<Record<string, FoldScores>>;
}

export type RunStatus = "running" | "finished" | "interrupted" | "failed";

/** A finding of the table's checks: the library's Finding. */
export interface RunFinding {
  readonly severity: "error" | "warning" | "note";
  readonly code: string;
  readonly column?: string;
  readonly row?: number;
  readonly message: string;
}

/** result.json of a run: its outcome. */
export interface RunResult {
  readonly status: RunStatus;
  /** Finished epochs, without those of a refit. */
  readonly epochs: number;
  /** The epoch, from 1, whose weights the model has. */
  readonly bestEpoch?: number;
  readonly seconds: number;
  /** Scores of the model that was kept. */
  readonly scores: PartScores;
  /** Scores of the baselines on the same rows, by name. */
  readonly baselines: Readonly<Record<string, PartScores>>;
  /**
   * How many training rows the baselines, quantiles and training scores are of, where these are a sample of those
   * that the network had.
   */
  readonly sampledRows?: number;
  /** What the test scores and their differences to the baselines' say about other rows. */
  readonly intervals?: ScoreIntervals;
  /** The threshold or the interval of predictions that was asked for. */
  readonly decision?: TableDecision;
  /** Present if the training was cross-validated. */
  readonly folds?: RunFolds;
  /** Present if there is a BatchNorm. */
  readonly batchNorm?: BatchNormScores;
  /**
   * The second training, on training and validation rows. If it was finished, the model and the
   * other scores belong to it; the validation scores always belong to the first training.
   */
  readonly refit?: {
    readonly rows: number;
    /** Finished epochs. */
    readonly epochs: number;
    /** Finished trainings that say how many epochs it has, the first one included; absent for that one alone. */
    readonly folds?: number;
    readonly kept: boolean;
    /** Why it failed; the model is then that of the first training. */
    readonly error?: string;
  };
  readonly findings: readonly RunFinding[];
  /** Why it failed. */
  readonly error?: string;
}

/** A line of metrics.jsonl: the library's EpochRecord. */
export interface EpochLine {
  /** Present for an epoch of a fold or a refit, which count from 1 again. */
  readonly stage?: "fold" | "refit";
  /** Which fold it is: the first is the training itself. */
  readonly fold?: number;
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly learningRate: number;
  readonly train: ScoresByName;
  readonly validation?: ScoresByName;
  /** Scores of the validation rows with recomputed running statistics, if requested. */
  readonly recomputed?: ScoresByName;
}

const count = z.int().nonnegative();
const scoresByName = z.record(z.string(), figure);
export const partScores: z.ZodType<PartScores> = z.object({
  train: scoresByName.exactOptional(),
  validation: scoresByName.exactOptional(),
  test: scoresByName.exactOptional(),
});

/** The schema of config.json. */
export const runConfigSchema: z.ZodType<RunConfig> = z.object({
  format: z.literal(2),
  id: z.string().min(1),
  started: z.iso.datetime(),
  command: z.array(z.string()),
  table: z.object({ source: z.string(), rows: count, columns: count.exactOptional() }),
  target: z.string(),
  task: z.enum(["regression", "binary", "multiclass"]),
  classes: z.array(z.string()).exactOptional(),
  seed: z.number(),
  split: z.object({ train: count, validation: count, test: count }),
  settings: jsonObject,
  recipe: z.object({
    source: z.string().exactOptional(),
    read: jsonObject,
    options: jsonObject,
    fingerprint: z.string(),
  }),
  versions: z.object({ evenkeel: z.string(), node: z.string() }),
  outputs: z
    .object({
      ...{ report: z.boolean(), tensorboard: z.boolean(), out: z.string().exactOptional() },
      folds: z.int().min(2).max(100).exactOptional(),
    })
    .exactOptional(),
});

const interval = { low: figure, high: figure };
const less = z.object({ value: figure, ...interval });
const intervals: z.ZodType<ScoreIntervals> = z.object({
  level: z.number(),
  draws: count,
  rows: count,
  blocks: count,
  scores: z.record(z.string(), z.object(interval)),
  differences: z.record(
    z.string(),
    z.record(z.string(), z.object({ value: figure, ...interval, less: less.exactOptional() })),
  ),
});

const folds: z.ZodType<RunFolds> = z.object({
  count,
  scores: scoresByName,
  baselines: z.record(z.string(), scoresByName),
  intervals,
  spread: z.record(z.string(), z.object({ values: z.array(figure), mean: figure, deviation: figure })),
});

/** The schema of result.json. */
export const runResultSchema: z.ZodType<RunResult> = z.object({
  status: z.enum(["running", "finished", "interrupted", "failed"]),
  epochs: count,
  bestEpoch: count.exactOptional(),
  seconds: figure,
  scores: partScores,
  baselines: z.record(z.string(), partScores),
  sampledRows: count.exactOptional(),
  intervals: intervals.exactOptional(),
  folds: folds.exactOptional(),
  decision: z
    .object({
      threshold: z.number().exactOptional(),
      interval: z.object({ level: z.number(), width: z.number() }).exactOptional(),
      rows: count.exactOptional(),
      coverage: z.object({ value: z.number(), rows: count }).exactOptional(),
    })
    .exactOptional(),
  batchNorm: z
    .object({ asTrained: partScores, recomputed: partScores, kept: z.enum(["asTrained", "recomputed"]) })
    .exactOptional(),
  refit: z
    .object({
      ...{ rows: count, epochs: count, folds: count.exactOptional(), kept: z.boolean() },
      error: z.string().exactOptional(),
    })
    .exactOptional(),
  findings: z.array(
    z.object({
      severity: z.enum(["error", "warning", "note"]),
      code: z.string(),
      column: z.string().exactOptional(),
      row: z.number().exactOptional(),
      message: z.string(),
    }),
  ),
  error: z.string().exactOptional(),
});

/** The schema of a line of metrics.jsonl. */
export const epochLineSchema: z.ZodType<EpochLine> = z.object({
  stage: z.enum(["fold", "refit"]).exactOptional(),
  fold: count.exactOptional(),
  epoch: count,
  step: count,
  seconds: figure,
  learningRate: figure,
  train: scoresByName,
  validation: scoresByName.exactOptional(),
  recomputed: scoresByName.exactOptional(),
});
