import { getRngState, setRngState } from "../../random/index.ts";
import { tensor } from "../../tensor/index.ts";
import { TabularNet } from "./network.ts";
import type { TableModel } from "./tableModel.ts";

/**
 * The network of a model as a module, with tensors of its own and in eval mode: to look at, or to
 * train on. The model stays as it is; `new TableModel({ ...model, network })` is one with the
 * network as it has become.
 *
 * @example
 * const network = networkOf(model);
 * network.train(); // … and steps of an optimizer on network.parameters()
 * const tuned = new TableModel({ ...model, network });
 */
export function networkOf({ network }: Pick<TableModel, "network">): TabularNet {
  // Its starting weights are drawn and thrown away: nobody's draws are to change by looking at a
  // model.
  const draws = getRngState();
  const net = new TabularNet(network.size, network.options);
  setRngState(draws);
  const state = Object.entries(network.stateDict()).map(([name, { shape, dtype, data }]) => {
    return [name, tensor(data, { shape, dtype })] as const;
  });
  net.loadStateDict(Object.fromEntries(state));
  net.eval();
  return net;
}
