import { statSync } from "node:fs";
import { resolve } from "node:path";
import { findModel, type ModelPlace } from "../../records/models/findModel.ts";
import { listRuns } from "../../records/runs/readRun.ts";
import { builtinTable } from "../../tables/builtin.ts";

/**
 * Where a model lies, if one is meant: a safetensors file, or a run where no table is called so.
 */
export function modelNamed(source: string, cwd: string, runs: string): ModelPlace | undefined {
  // No file and no run can be called so; the reader of tables says it.
  if (source.includes("\0")) return undefined;
  const isFile = /\.safetensors$/i.test(source);
  if (!isFile && (source === "-" || builtinTable(source) !== undefined)) return undefined;
  const found = statSync(resolve(cwd, source), { throwIfNoEntry: false });
  if (isFile || found?.isDirectory()) return findModel(source, { cwd, runs });
  if (found !== undefined) return undefined;
  const folder = resolve(cwd, runs);
  const known = statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : listRuns(folder);
  const isRun = source === "latest" || known.some(({ id }) => id.startsWith(source));
  return isRun ? findModel(source, { cwd, runs }) : undefined;
}
