import type { BatchNormScores, PartScores, RunFinding, ScoresByName } from "../../records/runs/types.ts";

/** A line of a learning chart: one number after each epoch, for each seed. */
export interface Curve {
  /** Stands at the end of the line: "validation", "z-score + BatchNorm". */
  readonly label: string;
  /** By seed, then by epoch from the first; NaN where there is none. Seeds may have stopped at different epochs. */
  readonly runs: readonly (readonly number[])[];
}

/** How important a column is: how much worse the score becomes when the column's values are shuffled among the rows. */
export interface Importance {
  readonly column: string;
  /** The loss of score of each repetition: positive where the column helps, for errors and accuracies alike. */
  readonly drops: readonly number[];
}

/** Predictions for the test rows, beside the truth. */
export type ReportPredictions =
  | { readonly kind: "regression"; readonly truth: ArrayLike<number>; readonly predicted: ArrayLike<number> }
  | {
      readonly kind: "classes";
      readonly classes: readonly string[];
      /** Positions in `classes`. */
      readonly truth: ArrayLike<number>;
      readonly predicted: ArrayLike<number>;
    };

/** What both reports say about where they come from. */
export interface ReportSource {
  readonly title: string;
  /** The run's folder, or whatever finds it again. */
  readonly id?: string;
  readonly created: Date;
  readonly table: { readonly source: string; readonly rows: number; readonly columns?: number };
  readonly target: string;
  /** The target's unit, such as "mpg", where it is known. */
  readonly unit?: string;
  /** The score that is spoken of first, by its name: "mae", "accuracy". */
  readonly metric: string;
  /** All settings; nested objects are written with dots. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly versions: { readonly evenkeel: string; readonly node: string };
}

/** What `trainingReport` shows. */
export interface TrainingReportData extends ReportSource {
  readonly task: "regression" | "binary" | "multiclass";
  readonly seed: number;
  /** Rows in each part. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  readonly seconds: number;
  readonly scores: PartScores;
  /** Simple models on the same test rows, by their names. */
  readonly baselines: Readonly<Record<string, PartScores>>;
  readonly batchNorm?: BatchNormScores;
  readonly curves: {
    /** What the curves show, by its name. */
    readonly metric: string;
    readonly lines: readonly Curve[];
    /** The epoch whose weights were kept, from 1. */
    readonly bestEpoch?: number;
  };
  /** There if the network was trained once more on training and validation rows: how many they are. */
  readonly refit?: { readonly rows: number };
  readonly predictions: ReportPredictions;
  readonly importance?: { readonly metric: string; readonly part: string; readonly columns: readonly Importance[] };
  readonly findings: readonly RunFinding[];
  /** The network as it prints itself. */
  readonly network: string;
  /** How to predict with the file: a title and lines of code each. */
  readonly usage: readonly { readonly title: string; readonly code: string }[];
}

export type Verdict = "held" | "not held" | "undecided";

/** A mean over seeds, with its interval where there are enough of them. */
export interface Estimate {
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** One arm of a study: the library's ReportRow. */
export interface StudyArm {
  readonly label: string;
  /** The learning rate that was chosen for it. */
  readonly lr: number;
  readonly test: Estimate;
  /** To the reference; null for itself. */
  readonly difference: Estimate | null;
  /** That difference of each seed. */
  readonly differences?: readonly number[];
  /** Epochs until the validation error is at most the target: the median is null where most runs never arrive. */
  readonly epochsTo: { readonly median: number | null; readonly arrived: number; readonly runs: number };
  /** Standard deviation over seeds. */
  readonly spread: number | null;
  readonly diverged: { readonly runs: number; readonly of: number };
  /** Test minus training error. */
  readonly gap: Estimate;
  readonly msPerEpoch: number | null;
  /** Where the networks are not all of one size. */
  readonly parameters?: number;
}

/** A line of a study's charts over learning rates or rows. */
export interface Series {
  readonly label: string;
  /** `failed`: runs of this point that diverged. */
  readonly points: readonly (Estimate & { readonly at: number; readonly failed?: number })[];
}

/** Lines that are drawn together: seven at most can be told apart. */
export interface Panel<Line> {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** What `studyReport` shows. The first fields are those of the library's StudyReport. */
export interface StudyReportData extends ReportSource {
  /** The answer first, then what belongs to it; a sentence or two each. */
  readonly headline: readonly string[];
  /** What was run, in words. */
  readonly ran: readonly string[];
  /** The arm that the others are compared with. */
  readonly reference: string;
  /** What the epochs are counted to, in words. */
  readonly targetError: string;
  readonly rows: readonly StudyArm[];
  /** `rule` was fixed before the figures were known; `sentence` says what they are. */
  readonly claims: readonly {
    readonly claim: string;
    readonly rule: string;
    readonly verdict: Verdict;
    /** Held by some of its figures, while others could not be told. */
    readonly inPart?: boolean;
    readonly sentence: string;
  }[];
  /** What has to be known to read the figures. */
  readonly notes: readonly string[];
  readonly seeds: number;
  /** Learning curves of `metric` on the validation rows. Panels of a chart share their scale. */
  readonly curves?: readonly Panel<Curve>[];
  readonly learningRates?: readonly Panel<Series>[];
  /** Over the number of rows that were trained on. */
  readonly rowCounts?: readonly Panel<Series>[];
  readonly findings?: readonly RunFinding[];
}

export type { PartScores, RunFinding, ScoresByName };
