import type { Family } from "./launcher.ts";

/** A handle of MPI: an address in Open MPI, a number in MPICH. */
export type Handle = bigint | number;

/** What of a family's `mpi.h` a program needs that does not include it. */
export interface Handles {
  /** The type of a handle, in C. */
  readonly type: "void *" | "int";
  /** The bytes of a handle. */
  readonly bytes: 8 | 4;
  readonly world: Handle;
  readonly byte: Handle;
  readonly errorsReturn: Handle;
  /** What stands for "no status wanted", as an address. */
  readonly ignore: bigint;
}

/**
 * The handles of a library. Those of Open MPI are addresses of its variables, those of MPICH
 * numbers, which its ABI initiative fixes for Intel MPI, MVAPICH and Cray MPI as well.
 */
export function handlesOf(family: Family, symbol: (name: string) => bigint): Handles {
  if (family === "Open MPI") {
    return {
      type: "void *",
      bytes: 8,
      world: symbol("ompi_mpi_comm_world"),
      byte: symbol("ompi_mpi_byte"),
      errorsReturn: symbol("ompi_mpi_errors_return"),
      ignore: 0n,
    };
  }
  return { type: "int", bytes: 4, world: 0x44000000, byte: 0x4c00010d, errorsReturn: 0x54000001, ignore: 1n };
}
