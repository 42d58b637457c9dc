import type { AnyOp } from "../core/index.ts";
import * as collective from "./collective/index.ts";
import * as exported from "./index.ts";

type RowsOf<Exports> = { [K in keyof Exports]: Exports[K] extends AnyOp ? K : never }[keyof Exports];

/** The name under which a row is exported that may have a kernel. */
export type KernelRowName = RowsOf<typeof exported>;

/** The name under which a row is exported. The host runs those that exchange values between ranks. */
export type RowName = KernelRowName | RowsOf<typeof collective>;

function isRow(value: unknown): value is AnyOp {
  return typeof value === "function" && "reference" in value && "grad" in value;
}

/** Every row by its exported name; the conformance tests and the op reference iterate over it. */
export const table = Object.fromEntries(
  Object.entries({ ...collective, ...exported }).filter(([, value]) => isRow(value)),
) as unknown as Readonly<Record<RowName, AnyOp>>;
