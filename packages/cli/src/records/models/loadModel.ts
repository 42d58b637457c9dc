import { readFileSync } from "node:fs";
import { type AnyTableModel, loadModel as readModel } from "evenkeel/tabular";
import { misuse } from "../../shell/errors.ts";
import { sentence } from "../../shell/sentence.ts";
import type { RunsFolder } from "../runs/runsFolder.ts";
import { findModel, type ModelPlace } from "./findModel.ts";

interface LoadedModel extends ModelPlace {
  readonly model: AnyTableModel;
}

/**
 * @throws CommandError if there is no such model, it is damaged, or it is a file of another kind
 */
export function loadModel(wanted: string, options: RunsFolder): LoadedModel {
  const place = findModel(wanted, options);
  const bytes = readBytes(place);
  try {
    return { ...place, model: readModel(bytes) };
  } catch (error) {
    // Any error here means that the file is damaged.
    throw misuse("damaged-file", `${place.name} cannot be used: ${sentence(error)}`, undefined, { cause: error });
  }
}

function readBytes({ path, name }: ModelPlace): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw misuse("damaged-file", `${name} cannot be read: ${sentence(error)}`, undefined, { cause: error });
  }
}
