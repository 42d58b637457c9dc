import { type Setup, type Side, sides } from "../state/setup.ts";
import type { Layer } from "../training/layers.ts";
import { networkLayers } from "../training/networkLayers.ts";
import { mostHeldOut, type PreparedRows } from "../training/rows.ts";

/** What both programs say, in their own words. */
export interface Program {
  readonly layers: readonly Layer[];
  readonly setup: Setup;
  /** Whether the last batch of an epoch would be a single row, which joins the batch before it. */
  readonly joinsLoneRow: boolean;
  /** Whether all validation rows are held out, or the first of them. */
  readonly heldOut: "all" | typeof mostHeldOut;
  /** The line that the program ends with says this before the error. */
  readonly says: string;
}

export function programOf(prepared: PreparedRows, setup: Setup, side: Side): Program {
  const { schema, split } = prepared;
  const rows = split.train.length;
  const joins = sides.some((one) => setup[one] === "batch");
  return {
    layers: networkLayers(prepared, setup, setup[side]),
    setup,
    joinsLoneRow: joins && rows > setup.batchSize && rows % setup.batchSize === 1,
    heldOut: split.validation.length > mostHeldOut ? mostHeldOut : "all",
    says: schema.task === "regression" ? "held-out mean absolute error" : "held-out share of wrong classes",
  };
}
