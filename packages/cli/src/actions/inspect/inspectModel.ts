import { type ModelPlace, runOf } from "../../records/models/findModel.ts";
import { type Origin, originOf } from "../../records/models/origin.ts";
import { type ModelFile, readModelFile } from "./readModelFile.ts";

/** What a safetensors file holds, and what is known of the training of a model of evenkeel's. */
export interface ModelInspection extends ModelFile {
  readonly path: string;
  /** As its user named it, or the id of its run. */
  readonly name: string;
  readonly kind: "table model" | "checkpoint" | "tensors";
  readonly origin: Origin;
}

/** @throws CommandError if the file cannot be read, is damaged, or no safetensors file */
export function inspectModel({ path, name }: Pick<ModelPlace, "path" | "name">): ModelInspection {
  const file = readModelFile(path, name);
  const origin = file.model === undefined ? {} : originOf(file.model.record, runOf(path));
  return { path, name, ...file, kind: kindOf(file), origin };
}

function kindOf({ header: { metadata }, model }: ModelFile): ModelInspection["kind"] {
  if (model !== undefined) return "table model";
  return metadata.format?.includes("checkpoint") ? "checkpoint" : "tensors";
}
