import {
  broadcastShapes,
  formatShape,
  literal,
  mismatch,
  refuse,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
  wrongValue,
} from "../../core/index.ts";
import * as ops from "../../ops/index.ts";
import { placeArgument, sliceArguments } from "../arguments.ts";
import type { Tensor } from "../tensor.ts";
import { type Index, partOf, spelledOut } from "./indexParts.ts";

/**
 * Indexing with the contents of Python's brackets: `x[0, 1:, [2, 0]]` is `x.at(0, "1:", [2, 0])`.
 */

/** Positions along one dimension of the sliced tensor. */
interface Picked {
  readonly dim: number;
  readonly places: Tensor;
}

/** `x[...index]`, always a copy. https://pytorch.org/cppdocs/notes/tensor_indexing.html */
export function readAt(caller: string, x: Tensor, index: readonly Index[]): Tensor {
  const parts = spelledOut(
    caller,
    x.shape,
    index.map((item, i) => partOf(caller, item, i)),
  );
  const picked: Picked[] = [];
  let y = x;
  /** The sizes after the slices, without the indexed dimensions and with the new ones. */
  const shape: number[] = [];
  let dim = 0;
  for (const part of parts) {
    switch (part.kind) {
      case "place": {
        const place = placeArgument(caller, x.shape, dim, part.at);
        y = ops.slice<Tensor>(y, { dim, start: place.index, length: 1, step: 1 });
        dim++;
        break;
      }
      case "slice": {
        const attrs = sliceArguments(x.shape, dim, part.start, part.stop, part.step);
        if (attrs.length !== x.shape[dim]) y = ops.slice<Tensor>(y, attrs);
        shape.push(attrs.length);
        dim++;
        break;
      }
      case "new":
        shape.push(1);
        break;
      case "list":
      case "places": {
        const places = part.kind === "list" ? wrappedList(caller, part, x.shape, dim) : part.places;
        const known = part.kind === "list" ? places : wrapped(caller, places, x.shape, dim);
        if (known.ndim === 0) {
          y = ops.indexSelect<Tensor>(y, known.reshape(1), { dim });
        } else {
          picked.push({ dim: shape.length, places: known });
          shape.push(x.shape[dim]);
        }
        dim++;
        break;
      }
      case "mask": {
        const { mask } = part;
        checkMask(caller, mask, x.shape, dim);
        // A 0-d mask selects or drops a new dimension.
        if (mask.ndim === 0) shape.push(1);
        const start = shape.length - (mask.ndim === 0 ? 1 : 0);
        const found = placesOf(caller, mask.ndim === 0 ? mask.ne(0).reshape(1) : mask, part.known);
        found.forEach((places, i) => {
          picked.push({ dim: start + i, places });
        });
        shape.push(...mask.shape);
        dim += mask.ndim;
        break;
      }
      case "rest":
        break; // spelled out before
      default:
        part satisfies never;
    }
  }
  // A reshape of x itself would count as a view, which later in-place writes must not invalidate.
  const reshapes = !sameShape(y.shape, shape) || picked.length > 1;
  if (y === x && (reshapes || picked.length === 0)) y = x.clone();
  if (!sameShape(y.shape, shape)) y = y.reshape(shape);
  return picked.length === 0 ? y : pick(y, picked);
}

/**
 * `x` after `x[...index] = value`. If an index names a position twice, the last value wins, and it
 * alone gets a gradient.
 */
export function writtenAt(caller: string, x: Tensor, index: readonly Index[], value: Tensor): Tensor {
  if (index.length === 1) {
    const part = partOf(caller, index[0], 0);
    if (part.kind === "mask" && part.mask.ndim > 0) {
      checkMask(caller, part.mask, x.shape, 0);
      const rest = x.shape.slice(part.mask.ndim);
      // One value for all selected elements: their number need not be known.
      if (withoutLeadingOnes(value.shape, rest.length).length <= rest.length) {
        const target = spread(caller, value, rest);
        const mask =
          rest.length === 0 ? part.mask : part.mask.clone().reshape([...part.mask.shape, ...rest.map(() => 1)]);
        return ops.where<Tensor>(mask, target, x);
      }
    }
  }
  const size = x.numel();
  const everywhere = literal(
    Int32Array.from({ length: size }, (_, i) => i),
    { shape: x.shape, dtype: "int32" },
  ) as Tensor;
  return putAt(caller, x, readAt(caller, everywhere, index), value);
}

/** `x` after `value` is written to `places`, which count its elements in row-major order. */
export function putAt(caller: string, x: Tensor, places: Tensor, value: Tensor): Tensor {
  const source = spread(caller, value, places.shape);
  if (places.numel() === 0) return x.clone();
  const size = x.numel();
  const writer = ops.lastWriter<Tensor>(places.reshape(-1), { size });
  const written = ops.indexSelect<Tensor>(source.reshape(-1), writer.clamp({ min: 0 }), { dim: 0 });
  return ops.where<Tensor>(writer.ge(0).reshape(x.shape), written.reshape(x.shape), x);
}

/**
 * The value expanded to the shape of the indexed elements; leading sizes of 1 are ignored, as in
 * PyTorch.
 */
function spread(caller: string, value: Tensor, shape: Shape): Tensor {
  const from = withoutLeadingOnes(value.shape, shape.length);
  const offset = shape.length - from.length;
  if (offset < 0 || from.some((n, i) => n !== 1 && n !== shape[i + offset])) {
    throw refuse(
      "wrong-shape",
      caller,
      `a value of shape ${formatShape(value.shape)} does not fit the places written to, of shape ` +
        `${formatShape(shape)}`,
      "give a number, or a tensor that broadcasts to that shape",
    );
  }
  const copy = value.clone(); // a reshape of the value itself would be a view of it
  return (from.length === value.ndim ? copy : copy.reshape(from)).expand(shape);
}

function withoutLeadingOnes(shape: Shape, rank: number): Shape {
  const extra = Math.max(0, shape.length - rank);
  return shape.slice(0, extra).every((n) => n === 1) ? shape.slice(extra) : shape;
}

/** The positions of the nonzero elements, for each dimension, in row-major order. */
export function placesOf(caller: string, x: Tensor, known?: ArrayLike<number>): Tensor[] {
  // Dispatched, because a traced tensor has no values, nor has state that will change before the
  // program runs.
  const { storage, shape } = ops.ne<Tensor>(x, 0);
  if (known === undefined && !storage.isKnown) {
    throw refuse(
      "not-supported",
      caller,
      "how many elements a mask picks, or are not 0, is not known while the step is traced",
      "in a compiled step use where(mask, x, 0), x.maskedFill(mask, 0) or x.set_(mask, 0), or give { " +
        "compile: false }",
    );
  }
  const found: number[] = [];
  const values = known ?? storage.data;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) found.push(i);
  const strides = stridesOf(shape);
  return shape.map((size, dim) => listOf(Int32Array.from(found, (at) => Math.floor(at / strides[dim]) % size)));
}

/** Places as an int32 tensor of one dimension. */
export function listOf(places: Int32Array): Tensor {
  return literal(places, { shape: [places.length], dtype: "int32" }) as Tensor;
}

/**
 * {@link listOf} of numbers that the user wrote.
 * @throws RangeError if one is not a whole number from 0 on
 */
export function placesOfList(places: readonly number[]): Tensor {
  for (const [i, place] of places.entries()) {
    if (Number.isInteger(place) && place >= 0 && place < 2 ** 31) continue;
    throw wrongValue(
      "indexSelect",
      `element ${i} of the index`,
      place,
      "a whole number from 0 on",
      "x.at([0, -1]) takes negative ones too",
    );
  }
  return listOf(Int32Array.from(places));
}

/** Takes the elements at the given places of some dimensions, all at once. */
function pick(y: Tensor, picked: readonly Picked[]): Tensor {
  const dims = picked.map(({ dim }) => dim);
  const sizes = dims.map((dim) => y.shape[dim]);
  const common = picked.reduce<Shape>((shape, { places }) => broadcastShapes(shape, places.shape), []);
  const rest = y.shape.filter((_, dim) => !dims.includes(dim));
  const adjacent = dims.every((dim, i) => dim === dims[0] + i);
  // The indexed dimensions are moved together, to the front if they are not adjacent, and merged.
  const at = adjacent ? dims[0] : 0;
  const others = y.shape.map((_, dim) => dim).filter((dim) => !dims.includes(dim));
  const together = adjacent ? y : y.permute([...dims, ...others]);
  const around = (middle: Shape) => [...rest.slice(0, at), ...middle, ...rest.slice(at)];
  const joined = dims.length === 1 ? together : together.reshape(around([sizeOf(sizes)]));
  const place = placeOf(picked, sizes).expand(common);
  const taken = ops.indexSelect<Tensor>(joined, place.reshape(-1), { dim: at });
  return common.length === 1 ? taken : taken.reshape(around(common));
}

/** Positions along several dimensions as positions along the merged one. */
function placeOf(picked: readonly Picked[], sizes: readonly number[]): Tensor {
  if (picked.length === 1) return picked[0].places;
  const place = picked.map(({ places }, i) => places.mul(sizeOf(sizes.slice(i + 1)))).reduce((sum, x) => sum.add(x));
  if (place.storage.isKnown) return place; // they have been checked
  const within = picked.map(({ places }, i) => places.ge(0).logicalAnd(places.lt(sizes[i])));
  return place.where(
    within.reduce((all, x) => all.logicalAnd(x)),
    -1,
  );
}

function wrappedList(
  caller: string,
  { places, shape: own }: { readonly places: readonly number[]; readonly shape: Shape },
  shape: Shape,
  dim: number,
): Tensor {
  const data = Int32Array.from(places, (place) => placeArgument(caller, shape, dim, place).index);
  return literal(data, { shape: own, dtype: "int32" }) as Tensor;
}

/**
 * Negative positions counted from the front. Known ones are checked here, others by the op that
 * reads.
 */
function wrapped(caller: string, places: Tensor, shape: Shape, dim: number): Tensor {
  const fromFront = places.add(shape[dim]).where(places.lt(0), places);
  if (fromFront.storage.isKnown) {
    fromFront.data.forEach((place, i) => {
      if (place < 0 || place >= shape[dim]) placeArgument(caller, shape, dim, places.data[i]);
    });
  }
  return fromFront;
}

function checkMask(caller: string, mask: Tensor, shape: Shape, dim: number): void {
  if (sameShape(mask.shape, shape.slice(dim, dim + mask.ndim))) return;
  throw mismatch(
    "wrong-shape",
    caller,
    `a mask of shape ${formatShape(mask.shape)} does not fit shape ${formatShape(shape)} from dimension ${dim} on`,
    "the same sizes",
  );
}
