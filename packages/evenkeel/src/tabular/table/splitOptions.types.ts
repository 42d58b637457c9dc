// Written by `npm run docs` from the declarations; change those.
import type { OptionValue } from "../../core/index.ts";
import type { splitOptions } from "./splitOptions.ts";

type Value<K extends keyof typeof splitOptions> = OptionValue<typeof splitOptions, K>;

/** How the rows of a table are split. */
export interface SplitOptions {
  /**
   * The share of the rows that choices are made by; 0 for none. Or these rows themselves. Default:
   * 0.16.
   */
  readonly validation?: Value<"validation"> | undefined;
  /**
   * The share of the rows that is scored once, at the end; 0 for none. Or these rows themselves.
   * Default: 0.2.
   */
  readonly test?: Value<"test"> | undefined;
  /** Equal seeds give equal splits, on every machine. Default: 0. */
  readonly seed?: Value<"seed"> | undefined;
  /**
   * Gives every part its share of every class. Default: true where there are classes, unless the
   * rows are split by group or time.
   */
  readonly stratify?: Value<"stratify"> | undefined;
  /**
   * The column that says which rows belong together, such as those of one person: all rows of a
   * group are in one part. It is no feature unless `features` names it.
   */
  readonly group?: Value<"group"> | undefined;
  /**
   * The column of dates or numbers that the rows are split by: the oldest are trained on, later
   * ones validate, the latest are the test. Rows of one time are in one part.
   */
  readonly time?: Value<"time"> | undefined;
}
