// Written by `npm run docs` from the declarations; change those.
import type { OptionValue } from "../../core/index.ts";
import type { studyOptions } from "./options.ts";

type Value<K extends keyof typeof studyOptions> = OptionValue<typeof studyOptions, K>;

/** What a study compares, and how. No option is required. */
export interface StudyOptions {
  /**
   * The question. Each has arms and defaults of its own. Default: normalization; networks if an arm
   * is a function or has options.
   */
  readonly ask?: Value<"ask"> | undefined;
  /**
   * The number of seeds, or the seeds themselves. Each seed gives a split, starting weights and an
   * order of the rows. Intervals are over seeds. Default: 10; 5 with quick.
   */
  readonly seeds?: Value<"seeds"> | undefined;
  /**
   * What is compared. Either networks of yours, given by functions or by options of the training;
   * the others are compared with the first. Or scalings of the features, each with a normalization
   * and a dropout. Default: those of the question.
   */
  readonly arms?: Value<"arms"> | undefined;
  /**
   * Options of `trainTable` for all arms. An arm's own options win. Default: those of trainTable.
   */
  readonly train?: Value<"train"> | undefined;
  /**
   * The dropout of the default arms that have one; 0 leaves these arms out. Default: 0.2; 0 with
   * quick.
   */
  readonly dropout?: Value<"dropout"> | undefined;
  /**
   * The learning rates that every arm is trained with. An arm is judged at its best rate on the
   * validation rows. Default: 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1; 0.001, 0.003, 0.01,
   * 0.03 with quick.
   */
  readonly lrs?: Value<"lrs"> | undefined;
  /**
   * Train on these shares of the training rows too; none for all rows alone. They show what more
   * rows would change. Default: 0.25, 0.5; 0.5 with quick.
   */
  readonly rowFractions?: Value<"rowFractions"> | undefined;
  /**
   * Train for these shares of the epochs too; none for all epochs alone. They show how short a
   * training may be; a schedule that ends with the epochs is shortened with them. Default: 0.125,
   * 0.25, 0.5; none if the schedule does not end with the epochs.
   */
  readonly epochFractions?: Value<"epochFractions"> | undefined;
  /**
   * Train on raw features in other units too: columns are multiplied by these factors in turn; none
   * for no other units. Default: 10, 0.1.
   */
  readonly rescale?: Value<"rescale"> | undefined;
  /**
   * The number of passes over the training rows. Default: enough for about 1000 steps, from 5 to
   * 100; up to 30 with quick.
   */
  readonly epochs?: Value<"epochs"> | undefined;
  /** Rows per step. Default: 32. */
  readonly batchSize?: Value<"batchSize"> | undefined;
  /**
   * Widths of the hidden layers; channels of the convolutions where the rows are pictures. Default:
   * 64, 32; 8, 16, 32 for pictures.
   */
  readonly hidden?: Value<"hidden"> | undefined;
  /** The nonlinearity of the hidden layers. Default: "relu". */
  readonly activation?: Value<"activation"> | undefined;
  /** How a numeric target is scaled; "log" takes its logarithm first. Default: "zscore". */
  readonly target?: Value<"target"> | undefined;
  /** The error that is compared. Default: mae; errorRate for classes. */
  readonly metric?: Value<"metric"> | undefined;
  /** The share of the rows that learning rates and statistics are chosen by. Default: 0.16. */
  readonly validation?: Value<"validation"> | undefined;
  /** The share of the rows that the arms are judged by. Default: 0.2. */
  readonly test?: Value<"test"> | undefined;
  /**
   * The column that says which rows belong together: all rows of a group are in one part. It is no
   * feature unless `features` names it.
   */
  readonly group?: Value<"group"> | undefined;
  /**
   * The column of dates or numbers that the rows are split by, the latest for the test. All seeds
   * have the same split.
   */
  readonly time?: Value<"time"> | undefined;
  /**
   * The validation error that the claim about speed counts epochs to. Default: 1.1 times what the
   * reference ends with on the same seed.
   */
  readonly targetError?: Value<"targetError"> | undefined;
  /**
   * The smallest effect of interest, as a share of the error. For an error rate it is at least one
   * test row, for other errors at least this share of a tenth of the best constant's error.
   * Default: 0.01.
   */
  readonly worth?: Value<"worth"> | undefined;
  /**
   * A first look: 5 seeds, 4 learning rates, 30 epochs at most. Each of these can still be given.
   * Default: false.
   */
  readonly quick?: Value<"quick"> | undefined;
}
