// Written by `npm run docs` from the declarations; change those.
import type { OptionValue } from "../../core/index.ts";
import type { schemaOptions } from "./schemaOptions.ts";

type Value<K extends keyof typeof schemaOptions> = OptionValue<typeof schemaOptions, K>;

/** What is predicted from which columns. */
export interface SchemaOptions {
  /** The column to predict. */
  readonly target: Value<"target">;
  /**
   * What is predicted: a number, one of two classes, or one of several. Default: inferred from the
   * target.
   */
  readonly task?: Value<"task"> | undefined;
  /**
   * The columns to predict from. A column that is named here is used even if it looks useless.
   * Default: all columns but the target.
   */
  readonly features?: Value<"features"> | undefined;
  /** Columns to leave out. */
  readonly ignore?: Value<"ignore"> | undefined;
  /**
   * What columns mean, where the inferred kind is wrong: numeric, category, boolean, date, text,
   * date:dmy, date:mdy. "date:dmy" and "date:mdy" say which comes first, day or month, in dates of
   * numbers alone.
   */
  readonly kinds?: Value<"kinds"> | undefined;
  /**
   * Texts that mean that a value is missing, beside the usual ones. A number, such as -999, is
   * missing in whatever way it is written.
   */
  readonly nulls?: Value<"nulls"> | undefined;
  /**
   * The only texts that mean that a value is missing, instead of the usual ones. Nothing at all
   * always means it. Default: NA N/A n/a na #N/A #N/A N/A #NA <NA> NULL Null null None none ? - .
   * NaN nan NAN -NaN -nan 1.#QNAN -1.#QNAN 1.#IND -1.#IND.
   */
  readonly onlyNulls?: Value<"onlyNulls"> | undefined;
  /** The decimal sign of the numbers that are texts. Default: inferred for each column. */
  readonly decimal?: Value<"decimal"> | undefined;
  /**
   * The sign between thousands in numbers that are texts; "" for none, " " for any space. Default:
   * inferred for each column.
   */
  readonly thousands?: Value<"thousands"> | undefined;
  /** How the numbers of columns are written, each by an example such as 1.234,56. */
  readonly numberFormats?: Value<"numberFormats"> | undefined;
  /**
   * How the dates of columns are written: dmy, mdy, yyyymmdd, seconds, milliseconds, or a pattern
   * of %Y %y %m %b %B %d %e %H %I %p %M %S %f %z such as %d.%m.%Y.
   */
  readonly dateFormats?: Value<"dateFormats"> | undefined;
}
