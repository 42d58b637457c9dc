import { TableModel, TabularNet } from "evenkeel/tabular";
import type { Setup, Side } from "../state/setup.ts";
import type { PreparedRows } from "./rows.ts";
import type { Trainer } from "./trainer.ts";
import { placeOfNorm, whyNoModel } from "./whyNoModel.ts";

/**
 * The trained network as a safetensors file: the command's model; of pictures, for which the command
 * has none, the weights with the names that they have in the programs.
 */
export function savedNetwork(rows: PreparedRows, setup: Setup, side: Side, trainer: Trainer): Uint8Array {
  return rows.pictures?.weightsOf(trainer.network) ?? modelOf(rows, setup, side, trainer).save();
}

/** The trained network as the command's model. @throws Error with the reason of {@link whyNoModel} */
export function modelOf(rows: PreparedRows, setup: Setup, side: Side, { network }: Trainer): TableModel {
  const reason = whyNoModel(setup, side);
  if (reason !== undefined) throw new Error(reason);
  const { schema, preprocessing, split, table } = rows;
  const size = { features: preprocessing.features.length, outputs: preprocessing.outputs, task: schema.task };
  const { hidden, activation, dropout, biasBeforeNorm, seed } = setup;
  const net = new TabularNet(size, {
    ...{ hidden, activation, dropout, biasBeforeNorm, norm: setup[side] },
    normPlace: placeOfNorm(setup, side) ?? "before",
  });
  net.loadStateDict(network.stateDict());
  const record = { rows: table.rows, target: schema.target, task: schema.task, seed, madeBy: "evenkeel lab" };
  const sizes = { train: split.train.length, validation: split.validation.length, test: split.test.length };
  return new TableModel({ schema, preprocessing, network: net, record: { ...record, sizes } });
}
