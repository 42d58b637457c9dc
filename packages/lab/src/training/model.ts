import { TableModel, TabularNet } from "evenkeel/tabular";
import { type Part, parts, type Setup, type Side } from "../state/setup.ts";
import type { PreparedRows } from "./rows.ts";
import type { Trainer } from "./trainer.ts";

/**
 * Why a set-up's network is none that the command's file can hold; undefined if it is one. A page
 * says so beside the button, and never makes a file that would predict something else.
 */
export function whyNoModel(setup: Setup, side: Side): string | undefined {
  if (setup.times !== "" || setup.constant) {
    return "The table was changed by “Break it”; a model of it would misread the real one.";
  }
  if (setup.hidden.length > 0 && placeOfNorm(setup, side) === undefined) {
    return "The command’s networks have Linear first and dropout last in each hidden layer.";
  }
  return undefined;
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

/** Where the command's network has this set-up's normalization; undefined if its order is another. */
function placeOfNorm({ order, dropout, ...setup }: Setup, side: Side): "before" | "after" | undefined {
  const used = order.filter(
    (part) => (part !== "norm" || setup[side] !== "none") && (part !== "dropout" || dropout > 0),
  );
  const without = (...left: Part[]) => parts.filter((part) => !left.includes(part));
  const unused = parts.filter((part) => !used.includes(part));
  if (used.join() === without(...unused).join()) return "before";
  const after = (["linear", "activation", "norm", "dropout"] as const).filter((part) => used.includes(part));
  return used.join() === after.join() ? "after" : undefined;
}
