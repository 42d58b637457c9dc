import type { AnyOp } from "../core/index.ts";
import { type AnyKernel, noKernel } from "../wasm/index.ts";
import * as exported from "./kernelFiles.ts";
import { type RowName, table } from "./table.ts";

/** The name under which the kernel of a row is exported: `addKernel`. */
type KernelName = `${RowName}Kernel`;

/** What is named like a kernel, and no row has that name. */
type Stray = Exclude<Extract<keyof typeof exported, `${string}Kernel`>, KernelName>;

/**
 * The kernel of every row, beside the table rather than in it, so that a page that only runs eagerly does not ship them.
 * A row without a kernel of its name does not compile, nor does a kernel without its row. A row that has none says why
 * with `noKernel`, and compiled programs call its reference.
 */
const kernels: { readonly [K in KernelName]: AnyKernel } & { readonly [K in Stray]: never } = exported;

const byRow = new Map<AnyOp, AnyKernel>(
  Object.entries(table).map(([name, row]) => [row, kernels[`${name as RowName}Kernel`]]),
);

export function kernelOf(op: AnyOp): AnyKernel {
  return byRow.get(op) ?? noKernel("the op is not in the table");
}
