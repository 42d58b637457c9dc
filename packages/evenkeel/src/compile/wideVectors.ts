import { hostProcess, nodeBuiltin } from "../core/nodeBuiltin.ts";
import { fasterWide } from "./wideProbe.ts";

/**
 * Vectors of 256 bits in Node on x64. WebAssembly has 128; V8 has an experimental pass that makes one
 * AVX2 operation of two of ours that lie side by side. It changes no bit: the lanes are computed as
 * before. The pass is behind a flag, which holds for modules that are compiled after it was set.
 */

/** Versions of V8 whose digests of whole trainings are compared with the committed ones: `npm run test:engines`. */
const verified: readonly string[] = ["12.4", "13.6", "14.6"]; // Node 22, 24, 26
/** Relaxed SIMD is behind a flag there, so that `fast` does nothing without it: Node 20. */
const withoutRelaxed: readonly string[] = ["11.3"];

/** The part of Node's v8 that is needed. */
interface V8 {
  readonly setFlagsFromString: (flag: string) => void;
}

let isEnabled = false;
let isFaster: boolean | undefined;

/** Whether this process was told to use vectors of 256 bits, and can. */
export function hasWideVectors(): boolean {
  return isEnabled;
}

/**
 * Lets V8 use vectors of 256 bits for all WebAssembly that this process compiles from now on, where
 * it is known to give the same bits: Node 22, 24 and 26 on x64. Steps that are compiled later are up
 * to twice as fast. In Node 20 it makes `fast` work instead. Anywhere else it does nothing.
 * @returns whether they are on
 */
export function enableWideVectors(): boolean {
  const { arch, versions } = hostProcess();
  const v8 = nodeBuiltin<V8>("node:v8");
  if (isEnabled || v8 === undefined || arch !== "x64") return isEnabled;
  const [version] = /^\d+\.\d+/.exec(versions?.v8 ?? "") ?? [""];
  if (withoutRelaxed.includes(version)) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  if (!verified.includes(version)) return false;
  v8.setFlagsFromString("--experimental-wasm-revectorize");
  isEnabled = true;
  return true;
}

/**
 * Whether loops for vectors of 256 bits are faster here: they are slower where V8 does not pair
 * their operations, because the processor has no AVX2 for instance. Measured once, where a program
 * first needs to know.
 */
export function prefersWide(): boolean {
  if (!isEnabled) return false; // and not for good: they may be turned on later
  isFaster ??= fasterWide();
  return isFaster;
}
