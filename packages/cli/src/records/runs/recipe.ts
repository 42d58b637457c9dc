import { join } from "node:path";
import { type Check, passes } from "evenkeel/problem";
import { type TrainTableOptions, trainTableOptions } from "evenkeel/train";
import { z } from "zod";
import { misuse } from "../../shell/errors.ts";
import { formats } from "../../tables/formats/format.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import type { Run } from "./readRun.ts";
import { runFiles } from "./types.ts";

const count = z.int().nonnegative();
const names = z.array(z.string());

const readSchema = z.object({
  sql: z.string().optional(),
  columns: names.optional(),
  limit: count.optional(),
  sample: count.optional(),
  sampleSeed: z.number().default(0),
  format: z.enum(formats).optional(),
  delimiter: z.string().optional(),
  header: z.boolean().optional(),
  null: names.optional(),
  encoding: z.string().optional(),
});

/** Every option by its own check, as the library declares it. */
const optionsSchema = z.looseObject(
  Object.fromEntries(
    Object.entries(trainTableOptions).map(([name, { check, ...declared }]) => {
      const value = z.custom((given) => passes(given, check as Check), `expected ${check.expected}`);
      return [name, "required" in declared ? value : value.optional()];
    }),
  ),
);

/**
 * The flags that the table of a run was read with.
 * @throws CommandError naming config.json and the key whose value is not what the command writes
 */
export function readFlagsOf(run: Run): TableFlags {
  return parsed(run, "read", readSchema);
}

/**
 * The options that a run was trained with.
 * @throws CommandError naming config.json and the key whose value is not what the command writes
 */
export function trainOptionsOf(run: Run): TrainTableOptions {
  // Each option has passed the library's own check, and the target is required.
  return parsed(run, "options", optionsSchema) as unknown as TrainTableOptions;
}

function parsed<T>({ path, config }: Run, key: "read" | "options", schema: z.ZodType<T>): T {
  const { success, data, error } = schema.safeParse(config.recipe[key]);
  if (success) return data;
  const [issue] = error.issues;
  const place = ["recipe", key, ...issue.path].join(".");
  throw misuse("damaged-file", `${join(path, runFiles.config)}: ${place}: ${issue.message}`);
}
