import { refuse, refuseGiven } from "../core/index.ts";
import { stateLength } from "./mersenneTwister.ts";

/** Everything a generator remembers. */
interface GeneratorState {
  readonly initialSeed: bigint;
  readonly words: Int32Array;
  /** Draws until the words are renewed, 1 to 624. */
  readonly left: number;
  /** Index of the next word, 0 to 624. */
  readonly next: number;
  readonly cachedNormal: number | undefined;
  readonly cachedFloatNormal: number | undefined;
}

// PyTorch's CPUGeneratorImplState as it lies in memory: little-endian, every word of the engine
// widened to 64 bits.
const offsets = {
  initialSeed: 0, // uint64
  left: 8, // int32
  seeded: 12, // int32, always 1
  next: 16, // uint64
  words: 24, // 624 x uint64
  // 5016: a float64 that is always 0
  normal: 5024, // float64
  // 5032: a float64 that is always 0
  normalIsValid: 5040, // int32, then 4 bytes of padding
  floatNormal: 5048, // float32
  floatNormalIsValid: 5052, // one byte, then 3 of padding
} as const;

/** Bytes of a state. */
const stateBytes = 5056;

export function encodeState(state: GeneratorState): Uint8Array {
  const bytes = new Uint8Array(stateBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(offsets.initialSeed, state.initialSeed, true);
  view.setInt32(offsets.left, state.left, true);
  view.setInt32(offsets.seeded, 1, true);
  view.setUint32(offsets.next, state.next, true);
  for (let i = 0; i < stateLength; i++) view.setInt32(offsets.words + 8 * i, state.words[i], true);
  view.setFloat64(offsets.normal, state.cachedNormal ?? 0, true);
  view.setInt32(offsets.normalIsValid, state.cachedNormal === undefined ? 0 : 1, true);
  view.setFloat32(offsets.floatNormal, state.cachedFloatNormal ?? 0, true);
  view.setUint8(offsets.floatNormalIsValid, state.cachedFloatNormal === undefined ? 0 : 1);
  return bytes;
}

/**
 * Whether seeding and drawing can reach these counters; others would return words that were never
 * generated.
 */
function countersAgree(left: number, next: number): boolean {
  const justSeeded = left === 1 && next === 0;
  return justSeeded || (left >= 1 && left <= stateLength && next === stateLength + 1 - left);
}

/**
 * @throws TypeError if `bytes` is no Uint8Array
 * @throws RangeError if the length is not 5056, or the contents are not those of a generator
 */
export function decodeState(bytes: Uint8Array): GeneratorState {
  if (!(bytes instanceof Uint8Array)) {
    throw refuseGiven("wrong-type", "", "a generator state must be a Uint8Array", bytes);
  }
  if (bytes.length !== stateBytes) {
    throw refuseGiven(
      "wrong-value",
      "",
      `a generator state has ${stateBytes} bytes`,
      bytes.length,
      "pass what getState() or torch's get_state() returned",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const left = view.getInt32(offsets.left, true);
  const next = Number(view.getBigUint64(offsets.next, true));
  if (view.getInt32(offsets.seeded, true) !== 1 || !countersAgree(left, next)) {
    throw refuse("damaged-file", "", `not the state of a generator: its counters are left = ${left}, next = ${next}`);
  }
  const normal = view.getFloat64(offsets.normal, true);
  const floatNormal = view.getFloat32(offsets.floatNormal, true);
  const hasNormal = view.getInt32(offsets.normalIsValid, true) !== 0;
  const hasFloatNormal = view.getUint8(offsets.floatNormalIsValid) !== 0;
  if ((hasNormal && !Number.isFinite(normal)) || (hasFloatNormal && !Number.isFinite(floatNormal))) {
    throw refuse(
      "damaged-file",
      "",
      `not the state of a generator: its cached normal is ${hasNormal ? normal : floatNormal}`,
    );
  }
  const words = Int32Array.from({ length: stateLength }, (_, i) => view.getInt32(offsets.words + 8 * i, true));
  return {
    initialSeed: view.getBigUint64(offsets.initialSeed, true),
    words,
    left,
    next,
    cachedNormal: hasNormal ? normal : undefined,
    cachedFloatNormal: hasFloatNormal ? floatNormal : undefined,
  };
}
