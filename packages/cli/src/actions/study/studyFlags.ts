import type { Scale } from "evenkeel/study";
import type { Norm } from "evenkeel/tabular";
import type { PictureFlags } from "../../pictures/pictureFlags.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import type { ColumnFlags } from "../columns.ts";

/** What a study can be told, besides the library's options. */
export interface StudyFlags extends ColumnFlags, TableFlags, PictureFlags {
  /** True where no question stands after it. */
  readonly ask?: string | true;
  readonly firstSeed?: number;
  readonly scales?: readonly Scale[];
  readonly norms?: readonly Norm[];
  readonly dropout?: number;
  readonly rescale?: readonly number[];
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: string;
}
