import { withoutUndefined } from "evenkeel/problem";
import type { ModelRecord, SettledClasses, SplitOptions } from "evenkeel/tabular";
import { z } from "zod";
import type { TableFlags } from "../../tables/tableFlags.ts";
import type { Run } from "../runs/readRun.ts";
import { readFlagsOf } from "../runs/recipe.ts";
import { type PartScores, partScores } from "../runs/types.ts";

/** What the records say about a model's training. */
export interface Origin {
  /** The table: a file, a pattern, or the name of a built-in one. */
  readonly source?: string;
  /** The flags that it was read with. */
  readonly read?: Partial<TableFlags>;
  /** The number of its rows. */
  readonly rows?: number;
  readonly fingerprint?: string;
  readonly seed?: number;
  readonly split?: SplitOptions;
  /** Classes of few rows that were left out or merged. */
  readonly rareClasses?: SettledClasses;
  /** The plan of the training. */
  readonly plan?: { readonly batchSize: number; readonly epochs: number; readonly statistics: string };
  /** The number of rows in the parts. */
  readonly sizes?: { readonly train: number };
  /** Present if the model was refit on training and validation rows. */
  readonly refit?: { readonly rows: number };
  readonly scores?: PartScores;
  readonly baselines?: Readonly<Record<string, PartScores>>;
}

/**
 * A record may hold anything that its author put there, so values of an unexpected type are
 * ignored.
 */
const recordSchema = z.object({
  source: z.string().optional().catch(undefined),
  rows: z.int().nonnegative().optional().catch(undefined),
  fingerprint: z.string().optional().catch(undefined),
  seed: z.int().optional().catch(undefined),
  split: z
    .object({
      validation: z.number().exactOptional(),
      test: z.number().exactOptional(),
      stratify: z.boolean().exactOptional(),
      group: z.string().exactOptional(),
      time: z.string().exactOptional(),
    })
    .optional()
    .catch(undefined),
  rareClasses: z
    .object({ dropped: z.array(z.string()), merged: z.array(z.string()) })
    .optional()
    .catch(undefined),
  plan: z
    .object({ batchSize: z.int().positive(), epochs: z.int().nonnegative(), statistics: z.string() })
    .optional()
    .catch(undefined),
  sizes: z.object({ train: z.int().positive() }).optional().catch(undefined),
  refit: z.object({ rows: z.int().nonnegative() }).optional().catch(undefined),
  scores: partScores.optional().catch(undefined),
  baselines: z.record(z.string(), partScores).optional().catch(undefined),
});

/** From the record in the model's file and, where that lacks something, from the run. */
export function originOf(record: ModelRecord, run?: Run): Origin {
  const told: Origin = withoutUndefined(recordSchema.safeParse(record).data ?? {});
  if (told.source !== undefined || run === undefined) return told;
  const { table, seed, recipe } = run.config;
  const { split = {} } = recordSchema.safeParse({ split: recipe.options.split }).data ?? {};
  const read = readFlagsOf(run);
  return {
    ...(recipe.source !== undefined && { source: recipe.source }),
    ...{ read, rows: table.rows, seed },
    // Parts with tables of their own were not drawn.
    ...(read.parts === undefined && { split }),
    ...(told.rareClasses && { rareClasses: told.rareClasses }),
    ...(told.refit && { refit: told.refit }),
    ...(told.plan && { plan: told.plan }),
    ...(told.sizes && { sizes: told.sizes }),
    fingerprint: recipe.fingerprint,
    ...(run.result && { scores: run.result.scores, baselines: run.result.baselines }),
  };
}
