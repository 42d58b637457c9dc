import { isCurrency, zerosOf } from "./units.ts";

/** A text that may be a number, taken apart; what its separators mean is still open. */
export interface NumberShape {
  /** Digits and what separates them: "1.234,50". */
  readonly core: string;
  readonly negative: boolean;
  /** The power of ten that the rest is multiplied by: of "1.2e3" 3, of "0.66K" 3. */
  readonly exponent: number;
  /** Whether there is a power of ten. */
  readonly scaled: boolean;
  /** "$", "%", "kg". */
  readonly unit?: string;
}

/** Spaces between thousands: also the no-break, the thin and the narrow no-break space. */
export const spaces = " \u00a0\u2009\u202f";

const parts = new RegExp(
  `^(\\()?([+\\-−])?(?:(\\p{L}{0,3}\\p{Sc}|\\p{L}{1,4}\\.?)[${spaces}]?)?([+\\-−])?` +
    `((?:\\d|[.,]\\d)[\\d.,'’${spaces}]*)(?:[eE]([+-]?\\d{1,3}))?([^\\d()]{1,14})?(\\))?$`,
  "u",
);
const suffixes = /^(\p{L}{1,3}\.?)(?:$|(?=[\s\p{Sc}]))\s*(.*)$/u;
const unitText = /^[\p{L}\p{Sc}%‰°/²³.]{1,10}$/u;

/** Undefined for what cannot be a number in any notation. The text has no spaces around it. */
export function shapeOf(text: string): NumberShape | undefined {
  const found = parts.exec(text);
  if (found === null) return undefined;
  const [, open, outer, before, inner, core, power, after, close] = found;
  const signs = (outer === undefined ? 0 : 1) + (inner === undefined ? 0 : 1) + (open === undefined ? 0 : 1);
  if (signs > 1 || (open === undefined) !== (close === undefined)) return undefined;
  if (before !== undefined && !isCurrency(before)) return undefined;
  const sign = outer ?? inner;
  const negative = open !== undefined || (sign !== undefined && sign !== "+");
  let exponent = Number(power ?? 0);
  let scaled = power !== undefined;
  let unit = before;
  if (after !== undefined) {
    let rest = after.trim();
    const suffix = suffixes.exec(rest);
    const zeros = suffix === null ? undefined : zerosOf(suffix[1]);
    if (suffix !== null && zeros !== undefined) {
      exponent += zeros;
      scaled = true;
      rest = suffix[2];
    }
    if (rest !== "") {
      if (unit !== undefined || !unitText.test(rest)) return undefined;
      unit = rest;
    }
  }
  return { core: core.trimEnd(), negative, exponent, scaled, ...(unit !== undefined && { unit }) };
}
