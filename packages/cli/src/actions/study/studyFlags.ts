import type { Metric, Scale } from "evenkeel/study";
import type { Norm, PreprocessingOptions } from "evenkeel/tabular";
import type { PictureFlags } from "../../pictures/pictureFlags.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import type { ColumnFlags } from "../columns.ts";

/** What a study can be told. */
export interface StudyFlags extends ColumnFlags, TableFlags, PictureFlags {
  /** True where no question stands after it. */
  readonly ask?: string | true | undefined;
  readonly seeds?: number | undefined;
  readonly firstSeed?: number | undefined;
  readonly validation?: number | undefined;
  readonly test?: number | undefined;
  readonly rows?: readonly number[] | undefined;
  readonly rescale?: readonly number[] | undefined;
  readonly scales?: readonly Scale[] | undefined;
  readonly norms?: readonly Norm[] | undefined;
  readonly dropout?: number | undefined;
  readonly lr?: readonly number[] | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly hidden?: readonly number[] | undefined;
  readonly targetScale?: PreprocessingOptions["target"] | undefined;
  readonly metric?: Metric | undefined;
  readonly targetError?: number | undefined;
  readonly worth?: number | undefined;
  readonly quick?: true | undefined;
  readonly threads?: number | undefined;
  readonly out?: string | undefined;
  readonly resume?: string | undefined;
}
