import { readFileSync } from "node:fs";
import { type DType, type Tensor, tensor } from "evenkeel";
import { expect } from "vitest";

/** Loading goldens made by torch (README.md), and saying how close a result is to them. */

/** A tensor in a golden file: little-endian base64. */
export interface Golden {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: string;
}

/** Where the global generator stands: the next uniform and the next normal. */
export interface Position {
  readonly uniform: Golden;
  readonly normal: Golden;
}

/** What is compared: a tensor of the library, or what a golden holds. */
export interface Values {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as T;
}

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };

export function decode({
  dtype,
  shape,
  data,
}: Golden): Values & { readonly data: InstanceType<(typeof arrays)[DType]> } {
  const bytes = Uint8Array.from(Buffer.from(data, "base64"));
  return { dtype, shape, data: new arrays[dtype](bytes.buffer) };
}

export function tensorOf(golden: Golden, options: { requiresGrad?: boolean } = {}): Tensor {
  const { data, shape, dtype } = decode(golden);
  return tensor(data, { shape, dtype, ...options });
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The distance from |x| to the next larger float32; that of the largest float32 for what lies
 * beyond.
 */
export function ulp(x: number): number {
  float[0] = x;
  const exponent = Math.min((bits[0] >>> 23) & 255, 254);
  return 2 ** (Math.max(exponent, 1) - 150);
}

/**
 * Differences from torch that rounding does not explain, in words; none if the two agree. Of a
 * float32 element it allows four ulp and four times torch's own error there (`exact` is the float64
 * result), plus torch's largest error in the tensor, because sums that cancel are off by what their
 * terms are off by, plus the rounding of the float64 computation. Elements of float64 may differ by
 * 1e-13; integers and booleans not at all.
 */
export function differences(actual: Values, expected: Values, exact: Values | null = null): string[] {
  if (actual.dtype !== expected.dtype) return [`dtype ${actual.dtype}, torch has ${expected.dtype}`];
  if (`${actual.shape}` !== `${expected.shape}`) return [`shape [${actual.shape}], torch has [${expected.shape}]`];
  const truth = exact?.data ?? expected.data;
  const error = (i: number) => Math.abs(expected.data[i] - truth[i]) || 0;
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < truth.length; i++) {
    if (!Number.isFinite(expected.data[i])) continue;
    worst = Math.max(worst, error(i));
    largest = Math.max(largest, Math.abs(expected.data[i]));
  }
  const allowed = (i: number) => {
    if (expected.dtype === "float32") return 4 * ulp(truth[i]) + 4 * error(i) + worst + 2 ** -52 * largest;
    return expected.dtype === "float64" ? 1e-13 * Math.abs(expected.data[i]) + 1e-14 * largest : 0;
  };
  const found: string[] = [];
  for (let i = 0; i < truth.length; i++) {
    const [got, want] = [actual.data[i], expected.data[i]];
    if (got === want || (Number.isNaN(got) && Number.isNaN(want))) continue;
    const off = Math.abs(got - want);
    if (off <= allowed(i)) continue;
    const distance = expected.dtype === "float32" ? `${(off / ulp(truth[i])).toPrecision(3)} ulp` : `${off}`;
    found.push(`element ${i}: ${got}, torch has ${want}, exact is ${truth[i]}, off by ${distance}`);
  }
  return found;
}

/** Asserts that a tensor equals torch's to rounding: see {@link differences}. */
export function expectClose(
  actual: Values | null,
  expected: Golden,
  exact: Golden | null = null,
  label = "value",
): void {
  expect(actual, `${label} is missing`).not.toBeNull();
  expect(differences(actual!, decode(expected), exact && decode(exact)), label).toEqual([]);
}

/** Asserts that a tensor has torch's dtype, shape and bits. */
export function expectSame(actual: Values, expected: Golden, label = "value"): void {
  expect(actual.dtype, label).toBe(expected.dtype);
  expect([...actual.shape], label).toEqual(expected.shape);
  const { data } = decode(expected);
  const got = arrays[expected.dtype].from(Array.from(actual.data));
  expect(Buffer.from(got.buffer).toString("base64"), `${label}: ${describe(got)}, torch has ${describe(data)}`).toBe(
    expected.data,
  );
}

function describe(data: ArrayLike<number>): string {
  return `${Array.from(data).slice(0, 8).join(", ")}${data.length > 8 ? ", …" : ""}`;
}

/**
 * Our error against torch's for every float32 element; 1 and less is as good as torch. Errors count
 * from a floor: half an ulp, because nobody rounds better than that, or the rounding of the float64
 * computation itself. Elements that are not finite are left out.
 */
export function errorRatios(actual: Values, expected: Values, exact: Values | null): number[] {
  if (expected.dtype !== "float32") return [];
  const truth = exact?.data ?? expected.data;
  const finite = Array.from(truth, (_, i) => i).filter((i) =>
    [truth[i], expected.data[i], actual.data[i]].every(Number.isFinite),
  );
  const rounding = 2 ** -52 * finite.reduce((largest, i) => Math.max(largest, Math.abs(truth[i])), 0);
  return finite.map((i) => {
    const error = ({ data }: Values) => Math.max(ulp(truth[i]) / 2, rounding, Math.abs(data[i] - truth[i]));
    return error(actual) / error(expected);
  });
}

/** The value below which the given share of the numbers lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** torch's option names as ours: `track_running_stats` is `trackRunningStats`. */
export function camelCase(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const rename = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [rename(name), value]));
}
