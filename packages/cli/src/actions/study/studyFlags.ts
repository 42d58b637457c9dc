import type { Metric, Scale } from "evenkeel/study";
import type { Norm, PreprocessingOptions } from "evenkeel/tabular";
import type { PictureFlags } from "../../pictures/pictureFlags.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import type { ColumnFlags } from "../columns.ts";

/** What a study can be told. */
export interface StudyFlags extends ColumnFlags, TableFlags, PictureFlags {
  /** True where no question stands after it. */
  readonly ask?: string | true;
  readonly seeds?: number;
  readonly firstSeed?: number;
  readonly validation?: number;
  readonly test?: number;
  readonly rows?: readonly number[];
  readonly rescale?: readonly number[];
  readonly scales?: readonly Scale[];
  readonly norms?: readonly Norm[];
  readonly dropout?: number;
  readonly lr?: readonly number[];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly hidden?: readonly number[];
  readonly targetScale?: PreprocessingOptions["target"];
  readonly metric?: Metric;
  readonly targetError?: number;
  readonly worth?: number;
  readonly quick?: true;
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: string;
}
