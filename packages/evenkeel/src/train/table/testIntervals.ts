import {
  type AnyTableModel,
  type Baseline,
  bootstrapScores,
  type Predictions,
  type Schema,
  type ScoreIntervals,
  type Split,
  type SplitOptions,
  type Table,
} from "../../tabular/index.ts";
import { copyBlocks, groupBlocks } from "../../tabular/table/blocks.ts";

/** What a model was trained on, and what it is compared with. */
interface Compared {
  readonly table: Table;
  readonly schema: Schema;
  readonly split: Split;
  readonly baselines: readonly Baseline[];
  /** Of the draws. */
  readonly seed: number;
}

/**
 * Intervals of a model's scores on the test rows, and of the differences to those of the baselines;
 * undefined without test rows. Copies of a row are drawn together, and the rows of a group where the
 * table was split by groups: they are not as many observations as they are rows.
 * @param predictions what the model says of the test rows, where that is known
 */
export function testIntervals(
  model: AnyTableModel,
  { table, schema, split, baselines, seed }: Compared,
  wanted: Split | SplitOptions,
  predictions?: Predictions,
): ScoreIntervals | undefined {
  const { test: rows } = split;
  if (rows.length === 0) return undefined;
  const group = "train" in wanted ? undefined : wanted.group;
  const { firstOf } = group === undefined ? copyBlocks(table, schema, rows) : groupBlocks(table, schema, rows, group);
  return bootstrapScores(
    schema.task,
    predictions ?? model.predict(table, rows),
    model.preprocessing.truth(table, rows),
    {
      others: Object.fromEntries(baselines.map(({ name, predict }) => [name, predict(rows)])),
      blocks: firstOf,
      seed,
    },
  );
}
