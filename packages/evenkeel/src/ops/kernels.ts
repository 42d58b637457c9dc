import type { AnyOp } from "../core/index.ts";
import { type AnyKernel, noKernel } from "../wasm/index.ts";
import * as exportedRows from "./index.ts";
import * as exported from "./kernelFiles.ts";
import type { KernelRowName } from "./table.ts";

/** The name under which the kernel of a row is exported: `addKernel`. */
type KernelName = `${KernelRowName}Kernel`;

/** Exports with a kernel's name that match no row. */
type Stray = Exclude<Extract<keyof typeof exported, `${string}Kernel`>, KernelName>;

/**
 * The kernel of every row, separate from the table, so that a bundle with eager execution only does
 * not include them. A row without a kernel of its name is a type error, and so is a kernel without
 * its row. A row without code states why with `noKernel`, and compiled programs call its reference,
 * as they do for the rows of ops/collective.
 */
const kernels: { readonly [K in KernelName]: AnyKernel } & { readonly [K in Stray]: never } = exported;

const rows: Readonly<Record<string, unknown>> = exportedRows;

/**
 * Found by the name under which the row is exported. There is no map from rows to kernels, because
 * a program uses few, and a map of all takes milliseconds on import.
 */
export function kernelOf(op: AnyOp): AnyKernel {
  // The name of the op, but for `var`, a word of the language, which is exported as `variance`.
  const name = rows[op.name] === op ? op.name : Object.keys(rows).find((other) => rows[other] === op);
  return name === undefined ? noKernel("there is no kernel of its name") : kernels[`${name as KernelRowName}Kernel`];
}
