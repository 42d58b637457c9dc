import type { ScoreIntervals } from "evenkeel/tabular";
import type { BatchNormScores, PartScores, RunFinding, ScoresByName } from "../../records/runs/types.ts";

/** A line of a learning chart: one number after each epoch, for each seed. */
export interface Curve {
  /** The name at the end of the line: "validation", "z-score + BatchNorm". */
  readonly label: string;
  /**
   * By seed, then by epoch from the first; NaN if there is none. Seeds may have stopped at
   * different epochs.
   */
  readonly runs: readonly (readonly number[])[];
}

/**
 * The importance of a column: how much worse the score becomes when the column's values are
 * shuffled among the rows.
 */
export interface Importance {
  readonly column: string;
  /**
   * The loss of score in each repetition: positive if the column helps, for errors and accuracies
   * alike.
   */
  readonly drops: readonly number[];
}

/** Predictions for the test rows, beside the truth. */
export type ReportPredictions =
  | { readonly kind: "regression"; readonly truth: ArrayLike<number>; readonly predicted: ArrayLike<number> }
  | {
      readonly kind: "classes";
      readonly classes: readonly string[];
      /** Indices in `classes`. */
      readonly truth: ArrayLike<number>;
      readonly predicted: ArrayLike<number>;
    };

/** A row that the network errs most on. */
export interface WorstRow {
  /** Where it stands: "line 17", or "row 17", counted from 1. */
  readonly place: string;
  readonly truth: string;
  readonly predicted: string;
  /** Predicted minus true; of classes the probability of the true class. */
  readonly error: number;
  /** Its values in the columns that are shown. */
  readonly values: readonly string[];
}

/** Rows to which the network gave about the same probability. */
export interface CalibrationBin {
  readonly rows: number;
  /** The mean of the probabilities. */
  readonly probability: number;
  /** How many of them were so, from 0 to 1, with its 95% interval. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** The expected calibration error. */
  readonly error: number;
  /** The class whose probability it is; that of the predicted class unless there are two. */
  readonly of?: string;
}

/** The fields by which both reports describe their source. */
export interface ReportSource {
  readonly title: string;
  /** The run's folder, or another name that identifies it. */
  readonly id?: string;
  readonly created: Date;
  readonly table: { readonly source: string; readonly rows: number; readonly columns?: number };
  readonly target: string;
  /** The target's unit, such as "mpg", if it is known. */
  readonly unit?: string;
  /** The main score by its name: "mae", "accuracy". */
  readonly metric: string;
  /** All settings; nested ones get dotted names. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly versions: { readonly evenkeel: string; readonly node: string };
}

/** The data of `trainingReport`. */
export interface TrainingReportData extends ReportSource {
  readonly task: "regression" | "binary" | "multiclass";
  readonly seed: number;
  /** The number of rows in each part. */
  readonly split: { readonly train: number; readonly validation: number; readonly test: number };
  /** How many of the training rows are scored. */
  readonly trainScored: number;
  readonly seconds: number;
  readonly scores: PartScores;
  /** Of the test scores, and of their differences to the baselines'. */
  readonly intervals?: ScoreIntervals;
  /** What was decided beside the predictions, in a sentence, and whether it is a threshold. */
  readonly decision?: { readonly said: string; readonly hasThreshold: boolean };
  /** Baselines on the same rows, by name. */
  readonly baselines: Readonly<Record<string, PartScores>>;
  /** How many training rows the baselines had, if fewer than the network. */
  readonly sampledRows?: number;
  readonly batchNorm?: BatchNormScores;
  /** Whether boosted trees were trained, and not a network. */
  readonly ofTrees?: boolean;
  /** Absent for trees. */
  readonly curves?: {
    /** The metric of the curves, by name. */
    readonly metric: string;
    readonly lines: readonly Curve[];
    /** The epoch whose weights were kept, from 1. */
    readonly bestEpoch?: number;
    /** The learning rate after each epoch. */
    readonly rates?: readonly number[];
  };
  /** Present if the model was refit on training and validation rows, with their number. */
  readonly refit?: { readonly rows: number };
  readonly predictions: ReportPredictions;
  /** The rows with the largest errors, the largest first, and the columns that are shown of them. */
  readonly worst?: { readonly columns: readonly string[]; readonly rows: readonly WorstRow[] };
  /** Of classes. */
  readonly calibration?: Calibration;
  readonly importance?: { readonly metric: string; readonly part: string; readonly columns: readonly Importance[] };
  readonly findings: readonly RunFinding[];
  /** The network as printed, or the trees in words. */
  readonly network: string;
  /** How to predict with the file: titles and lines of code. */
  readonly usage: readonly { readonly title: string; readonly code: string }[];
}

export type Verdict = "held" | "not held" | "undecided";

/** A mean over seeds, with its interval if there are enough of them. */
export interface Estimate {
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** One arm of a study: the library's ReportRow. */
export interface StudyArm {
  readonly label: string;
  /** The heading that it stands below, and its name there: "Raw features", "BatchNorm, recomputed". */
  readonly group: string;
  readonly name: string;
  /** The learning rate that was chosen for it. */
  readonly lr: number;
  readonly test: Estimate;
  /** The difference to the reference; null for the reference. */
  readonly difference: Estimate | null;
  /** That difference for each seed. */
  readonly differences: readonly number[];
  /** In how many seeds its test error is below the reference's; null for the reference. */
  readonly won: { readonly seeds: number; readonly of: number } | null;
  /**
   * Epochs until the validation error is at most the target; the median is null if most runs never
   * reach it.
   */
  readonly epochsTo: { readonly median: number | null; readonly arrived: number; readonly runs: number };
  /** How far two trainings on the same split lie apart. */
  readonly spread: number | null;
  readonly diverged: { readonly runs: number; readonly of: number };
  /** Test minus training error. */
  readonly gap: Estimate;
  /** Present if the networks differ in size. */
  readonly parameters?: number;
}

/** An arm in the picture of the differences: the library's ArmRow. */
export type KeptArm = Pick<StudyArm, "group" | "name" | "difference" | "differences">;

/** A number that belongs to a claim: the library's Figure. */
export interface ClaimFigure {
  readonly label: string;
  readonly unit: string;
  readonly value: number | null;
  readonly seeds: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly confidence: number;
  /** Seeds whose own value is on the claimed side of no effect. */
  readonly won?: number;
  /** Present if it decides the claim. */
  readonly judged?: { readonly none: number; readonly worth: number; readonly verdict: Verdict };
}

/** A line of a study's charts over learning rates or rows. */
export interface Series {
  readonly label: string;
  /** `failed`: the number of runs at this point that diverged. */
  readonly points: readonly { readonly at: number; readonly value: number; readonly failed?: number }[];
}

/** Lines that are drawn together, on axes of their own: at most seven can be distinguished. */
export interface Panel<Line> {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** The data of `studyReport`. The first fields are those of the library's StudyReport. */
export interface StudyReportData extends ReportSource {
  /** The answer in one to three plain sentences. */
  readonly answer: readonly string[];
  /** What the study could have seen. */
  readonly power: string | null;
  /** The figures of the answer; a sentence or two each. */
  readonly headline: readonly string[];
  /** What was run, in words. */
  readonly ran: readonly string[];
  /** The arm that the others are compared with. */
  readonly reference: string;
  /** The error that epochs are counted to, in words. */
  readonly targetError: string;
  readonly rows: readonly StudyArm[];
  /** Each arm once, with the running statistics that the claims are judged by. */
  readonly kept: readonly KeptArm[];
  /** `rule` was fixed before the figures were known; `sentence` gives the figures. */
  readonly claims: readonly {
    readonly claim: string;
    /** In at most four words: "trains in fewer epochs". */
    readonly short: string;
    readonly figures: readonly ClaimFigure[];
    readonly rule: string;
    readonly verdict: Verdict;
    /** Whether some of its figures held while others are undecided. */
    readonly inPart?: boolean;
    readonly sentence: string;
  }[];
  /** What a reader must know to interpret the figures. */
  readonly notes: readonly string[];
  readonly seeds: number;
  /** Learning curves of `metric` on the validation rows. */
  readonly curves?: readonly Panel<Curve>[];
  readonly learningRates?: readonly Panel<Series>[];
  /** By the number of training rows. */
  readonly rowCounts?: readonly Panel<Series>[];
  readonly findings?: readonly RunFinding[];
}

export type { PartScores, RunFinding, ScoresByName };
