import { isFloat, mismatch, type NdArray, type PartialOptions, refuseGiven, sizeOf, stridesOf } from "../core/index.ts";

/** The print options of tensors. The defaults are PyTorch's. */
export interface PrintOptions {
  /** Digits after the point; 4. */
  readonly precision: number;
  /** Tensors of more elements than this are summarised; 1000. */
  readonly threshold: number;
  /** Items shown at either end of a summarised dimension; 3. */
  readonly edgeitems: number;
  /** Characters per line; 80. */
  readonly linewidth: number;
  /** Scientific notation always, never, or (null) depending on the values. */
  readonly sciMode: boolean | null;
}

/** Sets of options by name; single options override the set's. */
type PrintProfile = "default" | "short" | "full";

const defaults: PrintOptions = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sciMode: null };

const profiles: Record<PrintProfile, PrintOptions> = {
  default: defaults,
  short: { ...defaults, precision: 2, edgeitems: 2 },
  full: { ...defaults, threshold: Number.POSITIVE_INFINITY },
};

let options = defaults;

/**
 * Sets how tensors print from now on. As in PyTorch, options that are not given stay, except
 * `sciMode`, which is reset to null:
 * https://pytorch.org/docs/stable/generated/torch.set_printoptions.html
 *
 * @throws RangeError for a negative or fractional count, or a precision above 100
 * @throws TypeError for an unknown option or profile
 */
export function setPrintOptions(
  changes: PartialOptions<PrintOptions> & { readonly profile?: PrintProfile | undefined },
): void {
  const { profile, ...given } = changes;
  if (profile !== undefined && !Object.hasOwn(profiles, profile)) {
    throw mismatch(
      "unknown-option",
      "",
      `unknown profile ${JSON.stringify(profile)}`,
      `one of ${Object.keys(profiles).join(", ")}`,
    );
  }
  const base: PrintOptions = profile === undefined ? options : profiles[profile];
  const next: Record<string, unknown> = { ...base, sciMode: null };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      throw mismatch(
        "unknown-option",
        "",
        `unknown print option "${name}"`,
        `one of ${Object.keys(defaults).join(", ")}, profile`,
      );
    }
    if (value === undefined) continue;
    checkOption(name, value);
    next[name] = value;
  }
  options = next as unknown as PrintOptions;
}

function checkOption(name: string, value: unknown): void {
  if (name === "sciMode") {
    if (value !== null && typeof value !== "boolean") {
      throw refuseGiven("wrong-type", "", "sciMode must be true, false or null (automatic)", value);
    }
    return;
  }
  const highest = name === "precision" ? 100 : Number.POSITIVE_INFINITY;
  const whole = Number.isInteger(value) || (name === "threshold" && value === Number.POSITIVE_INFINITY);
  if (!whole || (value as number) < 0 || (value as number) > highest) {
    throw refuseGiven("wrong-value", "", `${name} must be a whole number from 0 to ${highest}`, value);
  }
}

/** The text after the values. */
export interface PrintSuffix {
  readonly requiresGrad?: boolean;
  /**
   * Name of the operation that made the tensor, printed as `grad_fn=<name>` instead of
   * `requires_grad`.
   */
  readonly gradFn?: string | undefined;
}

/**
 * A tensor as `print` shows it in PyTorch, character for character, without the `torch.` before
 * dtypes. float32 and bool are not printed: `tensor([1., 2.])`, `tensor([1, 2], dtype=int32)`.
 */
export function formatTensor(array: NdArray, suffix: PrintSuffix = {}): string {
  const { shape, dtype } = array;
  const empty = sizeOf(shape) === 0;
  const suffixes: string[] = [];
  if (empty && shape.length !== 1) suffixes.push(`size=(${shape.join(", ")})`);
  if (dtype !== "float32" && (empty || dtype !== "bool")) suffixes.push(`dtype=torch.${dtype}`);
  if (suffix.gradFn !== undefined) suffixes.push(`grad_fn=<${suffix.gradFn}>`);
  else if (suffix.requiresGrad) suffixes.push("requires_grad=True");
  const text = withSuffixes(`tensor(${empty ? "[]" : formatValues(array)}`, suffixes);
  // Removed last, so that lines break where they do in PyTorch.
  return text.replace("dtype=torch.", "dtype=");
}

const indentOfTensor = "tensor(".length;

/** Suffixes follow on the last line while they fit, then on lines of their own. */
function withSuffixes(text: string, suffixes: readonly string[]): string {
  let result = text;
  let lineLength = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (lineLength + suffix.length + 2 > options.linewidth) {
      result += `,\n${" ".repeat(indentOfTensor)}${suffix}`;
      lineLength = indentOfTensor + suffix.length;
    } else {
      result += `, ${suffix}`;
      lineLength += suffix.length + 2;
    }
  }
  return `${result})`;
}

function formatValues({ data, shape, dtype }: NdArray): string {
  const strides = stridesOf(shape);
  const summarise = sizeOf(shape) > options.threshold;

  /** The positions of a dimension that are shown; null is the gap. */
  const shownAlong = shape.map((size): (number | null)[] => {
    const { edgeitems } = options;
    const all = Array.from({ length: size }, (_, i) => i);
    if (!summarise || size <= 2 * edgeitems) return all;
    return [...all.slice(0, edgeitems), null, ...all.slice(size - edgeitems)];
  });

  const shown: number[] = [];
  const collect = (dim: number, offset: number): void => {
    if (dim === shape.length) shown.push(data[offset]);
    else for (const i of shownAlong[dim]) if (i !== null) collect(dim + 1, offset + i * strides[dim]);
  };
  collect(0, 0);
  const { width, format } = isFloat(dtype) ? floatFormat(shown) : plainFormat(shown, dtype === "bool");
  const cell = (value: number): string => format(value).padStart(width);

  const block = (dim: number, offset: number, indent: number): string => {
    if (dim === shape.length) return cell(data[offset]);
    const margin = " ".repeat(indent + 1);
    if (dim === shape.length - 1) {
      const items = shownAlong[dim].map((i) => (i === null ? " ..." : cell(data[offset + i])));
      const perLine = Math.max(1, Math.floor((options.linewidth - indent) / (width + 2)));
      const lines: string[] = [];
      for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(", "));
      return `[${lines.join(`,\n${margin}`)}]`;
    }
    const gap = "\n".repeat(shape.length - dim - 1);
    const parts = shownAlong[dim].map((i) =>
      i === null ? "..." : block(dim + 1, offset + i * strides[dim], indent + 1),
    );
    return `[${parts.join(`,${gap}${margin}`)}]`;
  };
  return block(0, 0, indentOfTensor);
}

interface CellFormat {
  /** Every cell is padded on the left to this many characters. */
  readonly width: number;
  readonly format: (value: number) => string;
}

function plainFormat(values: readonly number[], isBool: boolean): CellFormat {
  const format = isBool ? (value: number) => (value === 0 ? "False" : "True") : String;
  return { width: widest(values, format), format };
}

/**
 * Whole values print as `1.`, a wide range of magnitudes in scientific notation, all else with
 * `precision` decimals.
 */
function floatFormat(values: readonly number[]): CellFormat {
  const { precision, sciMode } = options;
  const telling = values.filter((value) => Number.isFinite(value) && value !== 0);
  const whole = telling.every(Number.isInteger);
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const value of telling) {
    smallest = Math.min(smallest, Math.abs(value));
    largest = Math.max(largest, Math.abs(value));
  }
  const fixed = whole
    ? (value: number) => toFixed(value, 0) + (Number.isFinite(value) ? "." : "")
    : (value: number) => toFixed(value, precision);
  // For zeros and non-finite values only, torch ignores sci_mode too.
  if (telling.length === 0) return { width: 1, format: fixed };

  const scientific = (value: number) => toExponential(value, precision);
  const spread = largest / smallest > 1000 || largest > 1e8 || (!whole && smallest < 1e-4);
  // The width follows the automatic choice even where `sciMode` overrules it: torch pads to it.
  const width = widest(telling, spread ? scientific : fixed);
  return { width, format: (sciMode ?? spread) ? scientific : fixed };
}

function widest(values: readonly number[], format: (value: number) => string): number {
  return values.reduce((width, value) => Math.max(width, format(value).length), 1);
}

/**
 * Python's `{:.Nf}`: like `Number.toFixed`, but exact ties go to the even digit and -0 keeps its
 * sign.
 */
function toFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const magnitude = Math.abs(value);
  const text =
    magnitude >= 1e21
      ? BigInt(magnitude).toString() + (digits > 0 ? `.${"0".repeat(digits)}` : "")
      : tieToEven(magnitude.toFixed(digits), isTie(magnitude, digits));
  return (isNegative(value) ? "-" : "") + text;
}

/** Python's `{:.Ne}`: an exponent of at least two digits, ties to the even digit. */
function toExponential(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const magnitude = Math.abs(value);
  const [mantissa, exponent] = magnitude.toExponential(digits).split("e");
  const decimals = digits - Number(exponent);
  const sign = exponent[0];
  const power = exponent.slice(1).padStart(2, "0");
  return `${isNegative(value) ? "-" : ""}${tieToEven(mantissa, isTie(magnitude, decimals))}e${sign}${power}`;
}

/**
 * Whether a value lies exactly halfway between two neighbours with `decimals` decimals (negative:
 * tens, hundreds, …).
 */
function isTie(magnitude: number, decimals: number): boolean {
  if (decimals < 0) {
    if (!Number.isInteger(magnitude)) return false;
    const unit = 10n ** BigInt(-decimals);
    const doubled = 2n * BigInt(magnitude);
    return doubled % unit === 0n && (doubled / unit) % 2n === 1n;
  }
  // magnitude = odd / (2 * 10^d) = odd / (5^d * 2^(d+1)): a double can be that only as an odd
  // multiple of 2^-(d+1).
  return (magnitude * 2 ** (decimals + 1)) % 2 === 1;
}

/** JavaScript rounds ties up: an odd last digit is then one too high. */
function tieToEven(text: string, tie: boolean): string {
  const last = Number(text[text.length - 1]);
  return tie && last % 2 === 1 ? text.slice(0, -1) + (last - 1) : text;
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
