import type { AnyOp, NdArray, TypedArray } from "../core/index.ts";
import { kernelOf } from "../ops/kernels.ts";
import { blockBytes, pageBytes } from "../wasm/blocks.ts";
import { emitFusedGroup, ModuleBuilder, type Placed } from "../wasm/index.ts";

/**
 * Elementwise ops on arrays of the garbage collector, by the kernels of compiled programs: piece by
 * piece through a memory of a fixed size. The references call a function per element through a loop
 * that all ops share, which costs some 10 ns.
 */

/** Elements of a piece: the pieces of all operands stay in the L1 or L2 cache. */
const pieceLength = 4096;
const pieceBytes = blockBytes(pieceLength * 4);
/** Of an op: three operands and the result. */
const mostArrays = 4;

/** Arrays with fewer elements take as long to copy as to compute. */
const worthCopying = 256;
/** An op that has computed fewer elements would wait longer for its code than for them. */
const worthMaking = 50_000;

/** Computes a piece; its views are where the operands and the result lie. */
interface Piece {
  readonly run: () => void;
  readonly inputs: readonly (Float32Array | Uint8Array)[];
  readonly output: Float32Array | Uint8Array;
}

let shared: WebAssembly.Memory | undefined;

/**
 * The reference of an op without attributes that is one operation of IEEE 754 per element: then its
 * kernel has the reference's bits, although that computes in double and rounds.
 */
export function fasterElementwise(op: AnyOp): AnyOp["reference"] {
  /** By which of the operands are single values. Null if the engine refuses. */
  const pieces = new Map<string, Piece | null>();
  /** Elements so far. */
  let done = 0;
  return (inputs, outputs, attrs) => {
    const [output] = outputs;
    const pattern = patternOf(inputs, output);
    if (pattern === undefined) return op.reference(inputs, outputs, attrs as never);
    let piece = pieces.get(pattern);
    if (piece === undefined) {
      done += output.data.length;
      if (done < worthMaking) return op.reference(inputs, outputs, attrs as never);
      piece = makePiece(op, inputs, output);
      pieces.set(pattern, piece);
    }
    if (piece === null) return op.reference(inputs, outputs, attrs as never);
    runPieces(piece, inputs, output.data);
  };
}

/**
 * Which of the operands are single values, and their dtypes; undefined if there is no piece for
 * them: they broadcast otherwise, or are neither float32 nor masks.
 */
function patternOf(inputs: readonly NdArray[], { data }: NdArray): string | undefined {
  const length = data.length;
  if (length < worthCopying) return undefined;
  let pattern = "";
  for (const input of inputs) {
    const isMask = input.dtype === "bool";
    if (!isMask && input.dtype !== "float32") return undefined;
    if (input.data.length === length) pattern += isMask ? "m" : "f";
    else if (input.data.length === 1) pattern += isMask ? "M" : "F";
    else return undefined;
  }
  // A result of masks alone has other rules: sums of bools.
  return /f/i.test(pattern) ? pattern : undefined;
}

function makePiece(op: AnyOp, inputs: readonly NdArray[], output: NdArray): Piece | null {
  const kernel = kernelOf(op);
  if (kernel.kind !== "lanes") return null;
  const place = ({ dtype, data }: NdArray, index: number): Placed => {
    const isSingle = data.length === 1;
    return { address: index * pieceBytes, shape: isSingle ? [] : [pieceLength], dtype };
  };
  const placed = inputs.map(place);
  const result = place(output, mostArrays - 1);
  const module = new ModuleBuilder();
  const write = { dtype: "float32", shape: [pieceLength], inputs: placed } as const;
  const args = inputs.map((_, i) => i);
  const steps = [{ kernel, attrs: {}, args, dtype: output.dtype }];
  module.function(
    "run",
    [],
    (f) => emitFusedGroup({ ...write, steps, outputs: [{ step: 0, placed: result }] }, f, module),
    { exported: true },
  );
  try {
    shared ??= new WebAssembly.Memory({ initial: Math.ceil((mostArrays * pieceBytes) / pageBytes) });
    const { buffer } = shared;
    const view = ({ dtype, address, shape }: Placed) =>
      new (dtype === "bool" ? Uint8Array : Float32Array)(buffer, address, shape[0] ?? 1);
    const { run } = module.instantiate(shared);
    return { run: run as () => void, inputs: placed.map(view), output: view(result) };
  } catch {
    return null;
  }
}

function runPieces({ run, inputs: places, output }: Piece, inputs: readonly NdArray[], to: TypedArray): void {
  const length = to.length;
  for (let i = 0; i < inputs.length; i++) if (inputs[i].data.length === 1) places[i].set(inputs[i].data);
  for (let at = 0; at < length; at += pieceLength) {
    const end = Math.min(at + pieceLength, length);
    for (let i = 0; i < inputs.length; i++) {
      const { data } = inputs[i];
      if (data.length === length) places[i].set(end - at === length ? data : data.subarray(at, end));
    }
    // Behind the end of the last piece it computes what stood there before, for nothing.
    run();
    to.set(end - at === pieceLength ? output : output.subarray(0, end - at), at);
  }
}
