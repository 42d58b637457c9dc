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
}
