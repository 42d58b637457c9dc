import { refuse, type Text, text } from "../../core/index.ts";
import type { TrainTableOptions } from "../table/options.types.ts";

/** The options of `trainShards`: those of `trainTable` that need not all rows at once. */
export type TrainShardsOptions = Omit<TrainTableOptions, "split" | "rareClasses" | "refit" | "lengthFolds">;

/** @throws RangeError naming an option of `trainTable` that rows which pass by cannot have */
export function checkShardOptions(options: TrainTableOptions): void {
  const { rareClasses, refit, lengthFolds, split } = options;
  if (split !== undefined) throw unable(text`${{ option: "split" }} says which rows of a table belong to which part`);
  if (rareClasses !== undefined && rareClasses !== "keep") {
    throw unable(
      text`${{ option: "rareClasses", value: rareClasses }} needs the classes of all rows before they are read`,
    );
  }
  if (refit === true) throw unable(text`${{ option: "refit", value: true }} trains on the validation rows too`);
  if (lengthFolds !== undefined && lengthFolds > 1) {
    throw unable(text`${{ option: "lengthFolds", value: lengthFolds }} divides the rows anew for each fold`);
  }
}

function unable(statement: Text): Error {
  const cure = "leave it out, or train on a table that memory holds";
  return refuse("not-supported", "trainShards", text`${statement}, which shards do not support`, cure);
}
