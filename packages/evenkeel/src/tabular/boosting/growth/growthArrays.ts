import { compiledLoops } from "./growthLoops.compiled.ts";
import { binPlaces, type GrowthData, type GrowthLoops, groupWidth, plainLoops } from "./growthLoops.ts";
import { Room } from "./room.ts";

/** With fewer rows, making code would take longer than it saves. */
const worthMaking = 4096;

export interface GrowthSize {
  readonly rows: number;
  readonly features: number;
  readonly outputs: number;
  /** Whether all second derivatives are 1. */
  readonly constantHessian: boolean;
}

/** The arrays that trees grow in and the loops over them, for all trees of a boosting. */
export class GrowthArrays implements GrowthData {
  readonly size: GrowthSize;
  readonly groups: readonly Uint8Array[];
  readonly rows: Uint32Array;
  readonly right: Uint32Array;
  readonly gradients: readonly Float32Array[];
  readonly hessians: readonly Float32Array[];
  readonly sums: Float64Array;
  readonly counts: Int32Array;
  readonly goesLeft: Uint8Array;
  readonly loops: GrowthLoops;

  /** @param compiled whether the loops are WebAssembly; by default where that pays */
  constructor(size: GrowthSize, compiled = size.rows >= worthMaking) {
    const { rows, features, outputs, constantHessian } = size;
    const groups = Math.ceil(features / groupWidth);
    const seconds = constantHessian ? 0 : rows;
    const places = groupWidth * binPlaces;
    const counted = constantHessian ? 0 : places;
    const many = (count: number, bytes: number) => new Array<number>(count).fill(bytes);
    const room = new Room(
      [
        ...many(groups, groupWidth * rows),
        ...many(2 + outputs, 4 * rows),
        ...many(outputs, 4 * seconds),
        ...[16 * places, 4 * counted, binPlaces],
      ],
      compiled,
    );
    this.size = size;
    this.groups = Array.from({ length: groups }, () => room.take(Uint8Array, groupWidth * rows));
    this.rows = room.take(Uint32Array, rows);
    this.right = room.take(Uint32Array, rows);
    this.gradients = Array.from({ length: outputs }, () => room.take(Float32Array, rows));
    this.hessians = Array.from({ length: outputs }, () => room.take(Float32Array, seconds));
    this.sums = room.take(Float64Array, 2 * places);
    this.counts = room.take(Int32Array, counted);
    this.goesLeft = room.take(Uint8Array, binPlaces);
    this.loops = (room.memory && compiledLoops(this, features, room.memory)) ?? plainLoops(this);
  }
}
