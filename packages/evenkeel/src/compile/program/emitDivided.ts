import { sizeOf } from "../../core/index.ts";
import { widthOf } from "../../wasm/convert.ts";
import { type Divide, type FunctionBuilder, f64, type Joins, mostParts, sharesOf } from "../../wasm/index.ts";
import type { Call } from "./emitJoined.ts";

/**
 * A call that treats the elements of its arrays alike, such as an optimizer's step, in parts that
 * threads share: some of the elements each. A part counts its step in a place of its own, so that all
 * read the same number.
 */

/** Below this many bytes of all arrays a thread takes longer to wake than it helps: at 3.8 MB whole steps took longer. */
const worthParts = 8 * 2 ** 20;
/** Elements of a part are a multiple of this, and so begin with a cache line if the array does. */
const elementsTogether = 16;
const countBytes = 64;

/** Bytes of working memory: a count for each part. */
export const countsBytes = mostParts * countBytes;

/**
 * Writes the call in parts, if it is large enough.
 * @param scratch - the address of {@link countsBytes} bytes
 * @returns whether it did
 */
export function emitDivided(
  f: FunctionBuilder,
  joins: Joins,
  call: Call,
  { divide, scratch }: { readonly divide: Divide | undefined; readonly scratch: number },
  emitCall: (f: FunctionBuilder, call: Call) => void,
): boolean {
  const [{ shape, dtype }] = call.inputs;
  const total = sizeOf(shape);
  if (divide === undefined || joins.arrays * total * widthOf(dtype) < worthParts) return false;
  const counter = joins.count === undefined ? undefined : call.inputs[joins.count].address;
  const parts = sharesOf(total, elementsTogether).map(({ start, count }, part) => {
    const own = [count];
    const inputs = call.inputs.map((input, i) => {
      if (i < joins.arrays) return { ...input, shape: own, address: input.address + start * widthOf(input.dtype) };
      return i === joins.count ? { ...input, address: scratch + part * countBytes } : input;
    });
    return { ...call, inputs };
  });
  const run = divide(parts.map((part) => (body: FunctionBuilder) => emitCall(body, part)));
  if (counter !== undefined) {
    for (const part of parts.keys()) f.storeF64(scratch + part * countBytes, f64.load(0, counter));
  }
  run(f);
  if (counter !== undefined) f.storeF64(counter, f64.load(0, scratch));
  return true;
}
