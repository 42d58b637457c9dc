import type { Scale } from "evenkeel/study";
import type { Norm, RareClasses } from "evenkeel/tabular";
import type { PictureFlags } from "../../pictures/pictureFlags.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import type { ColumnFlags } from "../columns.ts";

/** The flags of a study that are not options of the library. */
export interface StudyFlags extends ColumnFlags, TableFlags, PictureFlags {
  /** True if `--ask` has no value. */
  readonly ask?: string | true | undefined;
  readonly firstSeed?: number | undefined;
  readonly scales?: readonly Scale[] | undefined;
  /** Arms by the names that `armId` gives them, or a JSON file of arms. */
  readonly arms?: string | undefined;
  readonly rareClasses?: RareClasses | undefined;
  readonly norms?: readonly Norm[] | undefined;
  readonly dropout?: number | undefined;
  readonly rescale?: readonly number[] | undefined;
  readonly threads?: number | undefined;
  /** The folder or the database through which other processes train trials too. */
  readonly workersFrom?: string | undefined;
  /** Seconds without a sign of life after which a worker loses what it has taken. */
  readonly lease?: number | undefined;
  readonly out?: string | undefined;
  readonly resume?: string | undefined;
  /** Whether an owner of the study that cannot be checked from here counts as dead. */
  readonly takeOver?: boolean | undefined;
}
