import type { AnyTableModel, Column } from "evenkeel/tabular";
import { misuse } from "../../shell/errors.ts";
import { dateText } from "./dateText.ts";
import type { PredictedBlock } from "./predictBlocks.ts";
import type { RowMark } from "./rowMarks.ts";

export type Cell = string | number | boolean | null;

/** A column of what is written. */
export interface OutputColumn {
  readonly name: string;
  /** As DuckDB calls it. */
  readonly type: "DOUBLE" | "VARCHAR" | "BOOLEAN" | "TIMESTAMP";
  /** The cell of the i-th row of a block. */
  cell(block: PredictedBlock, i: number): Cell;
}

/**
 * Kept columns, then `prediction`, then `low` and `high` of a model with intervals, or for classes `probability of CLASS` for each.
 * @param marks what is written behind them
 * @throws CommandError if a kept column has the name of one of these
 */
export function outputColumns(
  model: AnyTableModel,
  kept: readonly Column[],
  marks: readonly RowMark[] = [],
): OutputColumn[] {
  const { classes } = model.preprocessing;
  const { target } = model.preprocessing.toJSON();
  const hasInterval = target.task === "regression" && target.interval !== undefined;
  const predicted: OutputColumn[] =
    classes === undefined
      ? [
          { name: "prediction", type: "DOUBLE", cell: ({ predictions }, i) => predictions.values![i] },
          ...(hasInterval ? intervalColumns : []),
        ]
      : [
          { name: "prediction", type: "VARCHAR", cell: ({ predictions }, i) => predictions.classes![i] },
          ...classes.map((name, k): OutputColumn => {
            const cell = ({ predictions }: PredictedBlock, i: number) =>
              predictions.probabilities![i * classes.length + k];
            return { name: `probability of ${name}`, type: "DOUBLE", cell };
          }),
        ];
  const clash = kept.find(({ name }) => [...predicted, ...marks].some((column) => column.name === name));
  if (clash !== undefined) {
    throw misuse(
      "wrong-value",
      `--keep: the table has a column "${clash.name}", and so has the output`,
      "keep others, by their names",
    );
  }
  return [...kept.map(keptColumn), ...predicted];
}

const intervalColumns = (["low", "high"] as const).map(
  (name): OutputColumn => ({ name, type: "DOUBLE", cell: ({ predictions }, i) => predictions.interval![name][i] }),
);

function keptColumn(column: Column): OutputColumn {
  const { name } = column;
  switch (column.type) {
    case "text": {
      const { codes, dictionary } = column;
      return { name, type: "VARCHAR", cell: ({ rows }, i) => (codes[rows[i]] < 0 ? null : dictionary[codes[rows[i]]]) };
    }
    case "boolean": {
      const { values } = column;
      return { name, type: "BOOLEAN", cell: ({ rows }, i) => (values[rows[i]] === 255 ? null : values[rows[i]] === 1) };
    }
    case "date": {
      const { values } = column;
      return { name, type: "TIMESTAMP", cell: ({ rows }, i) => dateText(values[rows[i]]) };
    }
    case "number": {
      const { values } = column;
      return { name, type: "DOUBLE", cell: ({ rows }, i) => (Number.isNaN(values[rows[i]]) ? null : values[rows[i]]) };
    }
    default:
      return column satisfies never;
  }
}
