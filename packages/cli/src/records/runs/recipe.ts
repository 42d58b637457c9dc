import { join } from "node:path";
import { type TrainTableOptions, trainTableOptions } from "evenkeel/train";
import type { z } from "zod";
import { misuse } from "../../shell/errors.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import { declaredSchema, firstIssue, sayMissing, tableFlagsSchema } from "../schemas.ts";
import type { Run } from "./readRun.ts";
import { runFiles } from "./types.ts";

const optionsSchema = declaredSchema<TrainTableOptions>(trainTableOptions);

/**
 * The flags that the table of a run was read with.
 * @throws CommandError naming config.json and the key, if a value is invalid
 */
export function readFlagsOf(run: Run): TableFlags {
  return parsed(run, "read", tableFlagsSchema);
}

/**
 * The options that a run was trained with.
 * @throws CommandError naming config.json and the key, if a value is invalid
 */
export function trainOptionsOf(run: Run): TrainTableOptions {
  return parsed(run, "options", optionsSchema);
}

function parsed<T>({ path, config }: Run, key: "read" | "options", schema: z.ZodType<T>): T {
  const { success, data, error } = schema.safeParse(config.recipe[key], { error: sayMissing });
  if (success) return data;
  const why = firstIssue(error, ["recipe", key]);
  throw misuse("damaged-file", `${join(path, runFiles.config)}: ${why}`);
}
