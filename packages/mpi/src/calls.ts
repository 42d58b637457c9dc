import type { Reduction } from "./types.ts";

/** The collectives, in an order that their numbers follow. */
export const kinds = ["none", "allReduce", "broadcast", "allGather", "gather", "barrier", "end"] as const;
export type Kind = (typeof kinds)[number];

export const reductions: readonly Reduction[] = ["sum", "min", "max"];

/**
 * A collective as ranks must agree on it. `detail` is the rank that sends or receives, or, of
 * allReduce, the bytes of a value plus the number of the reduction.
 */
export interface Call {
  readonly kind: Kind;
  readonly detail: number;
  /** Values of allReduce, bytes of broadcast; 0 where ranks may differ. */
  readonly length: number;
}

export const detailOf = (bytes: number, reduction: Reduction) => bytes + reductions.indexOf(reduction);

export const isSame = (a: Call, b: Call) => a.kind === b.kind && a.detail === b.detail && a.length === b.length;

/** A call for a message: "allReduce of 1,000 float32 values (sum)". */
export function describeCall({ kind, detail, length }: Call): string {
  const count = length.toLocaleString("en");
  if (kind === "allReduce") {
    return `allReduce of ${count} ${detail >= 8 ? "float64" : "float32"} values (${reductions[detail % 4]})`;
  }
  if (kind === "broadcast") return `broadcast of ${count} bytes from rank ${detail}`;
  if (kind === "gather") return `gather to rank ${detail}`;
  return kind === "end" ? "the end of its program" : kind;
}

/**
 * A number from 0 to 32767, the tags that every MPI has: messages of calls that differ do not match,
 * so that no rank takes one for the other, and those of a second thread match no others.
 */
export function tagOf({ kind, detail, length }: Call, isSecond = false): number {
  let hash = 0x811c9dc5;
  for (const part of [kinds.indexOf(kind), detail, length % 0x10000, Math.floor(length / 0x10000)]) {
    hash = Math.imul(hash ^ part, 0x01000193);
    hash ^= hash >>> 15;
  }
  return ((hash ^ (hash >>> 17)) & 0x3fff) | (isSecond ? 0x4000 : 0);
}
