import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { runOf } from "../../records/models/findModel.ts";
import { type Origin, originOf } from "../../records/models/origin.ts";
import { UsageError } from "../../shell/usageError.ts";
import { type ModelFile, readModelFile } from "./readModelFile.ts";

/** What a safetensors file holds, and what is known of the training of a model of evenkeel's. */
export interface ModelInspection extends ModelFile {
  /** As its user named it. */
  readonly path: string;
  readonly kind: "table model" | "checkpoint" | "tensors";
  readonly origin: Origin;
}

/** @throws UsageError if the file cannot be read, is damaged, or no safetensors file */
export function inspectModel(path: string, cwd: string): ModelInspection {
  const absolute = resolve(cwd, path);
  if (!existsSync(absolute)) throw new UsageError(`there is no file ${path}`);
  const file = readModelFile(absolute, path);
  const origin = file.model === undefined ? {} : originOf(file.model.record, runOf(absolute));
  return { path, ...file, kind: kindOf(file), origin };
}

function kindOf({ header: { metadata }, model }: ModelFile): ModelInspection["kind"] {
  if (model !== undefined) return "table model";
  return metadata.format?.includes("checkpoint") ? "checkpoint" : "tensors";
}
