import type { AnyOp } from "../core/index.ts";
import * as exported from "./index.ts";

type Exports = typeof exported;

/** The name under which a row is exported. */
export type RowName = { [K in keyof Exports]: Exports[K] extends AnyOp ? K : never }[keyof Exports];

function isRow(value: unknown): value is AnyOp {
  return typeof value === "function" && "reference" in value && "grad" in value;
}

/** Every row by its exported name; the conformance tests and the op reference iterate over it. */
export const table = Object.fromEntries(
  Object.entries(exported).filter(([, value]) => isRow(value)),
) as unknown as Readonly<Record<RowName, AnyOp>>;
