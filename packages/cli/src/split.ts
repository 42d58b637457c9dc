import { cat, type Tensor, tensor } from "evenkeel";
import { randomSplit, TensorDataset } from "evenkeel/data";
import { Generator } from "evenkeel/random";
import type { MpgTable } from "./mpg.ts";
import type { SplitFacts } from "./results.ts";

/** Rows of a table as tensors: features [rows, 9] and target [rows, 1]. */
export interface Rows {
  readonly x: Tensor;
  readonly y: Tensor;
}

export interface Split {
  readonly train: Rows;
  readonly test: Rows;
  readonly facts: SplitFacts;
}

/** Four fifths of the rows to train on and one to test on, drawn with the seed alone: the same for every arm. */
export function splitTable(table: MpgTable, seed: number): Split {
  const rows = table.y.length;
  const x = tensor(table.x, { shape: [rows, table.features.length] });
  const y = tensor(table.y, { shape: [rows, 1] });
  const parts = randomSplit(new TensorDataset(x, y), [0.8, 0.2], { generator: new Generator(seed) });
  const [train, test] = parts.map(({ indices }) => {
    const index = tensor(Int32Array.from(indices), { shape: [indices.length] });
    return { x: x.indexSelect(0, index), y: y.indexSelect(0, index) };
  });
  const testRows = [...parts[1].indices];
  const facts = {
    seed,
    testRows,
    truth: Array.from(test.y.data),
    names: testRows.map((row) => table.names[row]),
    baseline: meanBaseline(train.y, test.y),
  };
  return { train, test, facts };
}

/** How well a single number does: the mean of the training rows. */
function meanBaseline(train: Tensor, test: Tensor): SplitFacts["baseline"] {
  const guess = train.mean().item();
  return {
    mae: test.sub(guess).abs().mean().item(),
    rmse: Math.sqrt(test.sub(guess).square().mean().item()),
    trainMae: train.sub(guess).abs().mean().item(),
  };
}

/**
 * Z-scores with the mean and standard deviation of these rows alone, for these and any others. The columns after the
 * measured ones are 0 or 1 and stay as they are.
 */
export function fitStandardizer(train: Tensor, measured: number): (x: Tensor) => Tensor {
  const columns = train.narrow(1, 0, measured);
  const mean = columns.mean(0);
  const deviation = columns.std(0);
  return (x) => {
    const scaled = x.narrow(1, 0, measured).sub(mean).div(deviation);
    return cat([scaled, x.narrow(1, measured, x.shape[1] - measured)], 1);
  };
}
