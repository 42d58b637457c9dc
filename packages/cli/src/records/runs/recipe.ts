import { join } from "node:path";
import { lossNames, optimizerNames, scheduleNames, statisticsNames, type TrainTableOptions } from "evenkeel/train";
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

/** Of what is nested only that it is an object: the library checks what stands in it, as for any other caller. */
const nested = z.record(z.string(), z.json());

const optionsSchema = z.looseObject({
  target: z.string(),
  task: z.enum(["regression", "binary", "multiclass"]).optional(),
  features: names.optional(),
  ignore: names.optional(),
  kinds: nested.optional(),
  split: nested.optional(),
  preprocessing: nested.optional(),
  network: nested.optional(),
  batchSize: z.number().optional(),
  epochs: z.number().optional(),
  lr: z.number().optional(),
  optimizer: z.enum(optimizerNames).optional(),
  weightDecay: z.number().optional(),
  schedule: z.enum(scheduleNames).optional(),
  loss: z.enum(lossNames).optional(),
  clipGradNorm: z.number().optional(),
  seed: z.number().optional(),
  patience: z.union([z.number(), z.literal(false)]).optional(),
  classWeights: z.union([z.enum(["none", "balanced"]), z.record(z.string(), z.number())]).optional(),
  statistics: z.enum(statisticsNames).optional(),
  refit: z.boolean().optional(),
  compile: z.boolean().optional(),
  record: nested.optional(),
});

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
  // What is nested was looked at no further than that it is plain JSON.
  return parsed(run, "options", optionsSchema) as TrainTableOptions;
}

function parsed<T>({ path, config }: Run, key: "read" | "options", schema: z.ZodType<T>): T {
  const { success, data, error } = schema.safeParse(config.recipe[key]);
  if (success) return data;
  const [issue] = error.issues;
  const place = ["recipe", key, ...issue.path].join(".");
  throw misuse("damaged-file", `${join(path, runFiles.config)}: ${place}: ${issue.message}`);
}
