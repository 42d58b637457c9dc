import { readFileSync } from "node:fs";
import { TableModel } from "evenkeel/tabular";
import { plainMessage } from "../../models/libraryErrors.ts";
import { UsageError } from "../../shell/usageError.ts";
import { type FindModelOptions, findModel, type ModelPlace } from "./findModel.ts";

export interface LoadedModel extends ModelPlace {
  readonly model: TableModel;
}

/** @throws UsageError if there is no such model, or it is damaged, or a file of another kind */
export function loadModel(wanted: string, options: FindModelOptions): LoadedModel {
  const place = findModel(wanted, options);
  const bytes = readBytes(place);
  try {
    return { ...place, model: TableModel.load(bytes) };
  } catch (error) {
    // Everything that can be wrong here is wrong with the file.
    throw new UsageError(`${place.name} cannot be used: ${plainMessage(error as Error)}`, { cause: error });
  }
}

function readBytes({ path, name }: ModelPlace): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
