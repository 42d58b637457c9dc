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
  /** Whether the unit stands before the number. */
  readonly isUnitFirst?: boolean;
}

/** Spaces between thousands: also the no-break, the thin and the narrow no-break space. */
export const spaces = " \u00a0\u2009\u202f";

const whole = new RegExp(
  `^(\\()?([+\\-−])?(?:(\\p{L}{0,3}\\p{Sc}|\\p{L}{1,4}\\.?)[${spaces}]?)?([+\\-−])?` +
    `((?:\\d|[.,]\\d)[\\d.,'’${spaces}]*)(?:[eE]([+-]?\\d{1,3}))?(?:([\\-−])$|([^\\d()]{1,14})?(\\))?)$`,
  "u",
);
const suffixes = /^(\p{L}{1,3}\.?)(?:$|(?=[\s\p{Sc}]))\s*(.*)$/u;
/** How many zeros a suffix stands for. */
const zeros = new Map([
  ...["k", "K"].map((suffix): [string, number] => [suffix, 3]),
  ...["M", "mn", "mln", "Mio", "Mio.", "mio"].map((suffix): [string, number] => [suffix, 6]),
  ...["B", "bn", "Bn", "Mrd", "Mrd.", "mrd"].map((suffix): [string, number] => [suffix, 9]),
]);
const unitText = /^[\p{L}\p{Sc}%‰°/²³.]{1,10}$/u;

/** What stands around the digits, of shapes that were taken apart: there are few in a column. */
const known = new Map<string, NumberShape | undefined>();
const mostKnown = 10_000;
/** More than can stand before and behind the digits of a number. */
const [longestBefore, longestAfter] = [8, 16];

/** Undefined for what cannot be a number in any notation. The text has no spaces around it. */
export function shapeOf(text: string): NumberShape | undefined {
  let first = 0;
  while (first < text.length && !isDigit(text.charCodeAt(first))) first++;
  if (first === text.length || first > longestBefore) return undefined;
  let end = text.length;
  while (!isDigit(text.charCodeAt(end - 1))) end--;
  if (text.length - end > longestAfter) return undefined;
  const before = first > 0 ? text[first - 1] : "";
  // The point of ".5", and not the one of "Rs.5".
  if ((before === "." || before === ",") && !/\p{L}/u.test(text[first - 2] ?? "")) first--;
  // "1,200.50-" of bookkeepers, not "18-" of ranges.
  const isOpen = end === text.length - 1 && (text[end] === "-" || text[end] === "−");
  if (isOpen && !/[.,'’]/.test(text.slice(first, end))) return undefined;
  for (let i = first; i < end; i++) if (!isOfCore(text, i)) return takenApart(text);
  if (text[end] === "." || text[end] === ",") return takenApart(text);
  const around = `${text.slice(0, first)}1${text.slice(end)}`;
  let shape = known.get(around);
  if (shape === undefined && !known.has(around)) {
    if (known.size >= mostKnown) known.clear();
    shape = takenApart(around);
    known.set(around, shape);
  }
  return shape && { ...shape, core: text.slice(first, end) };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isOfCore(text: string, at: number): boolean {
  return isDigit(text.charCodeAt(at)) || ".,'’".includes(text[at]) || spaces.includes(text[at]);
}

function takenApart(text: string): NumberShape | undefined {
  const found = whole.exec(text);
  if (found === null) return undefined;
  const [, open, outer, before, inner, core, tens, last, after, close] = found;
  const signs = [open, outer, inner, last].filter((sign) => sign !== undefined).length;
  if (signs > 1 || (open === undefined) !== (close === undefined)) return undefined;
  const sign = outer ?? inner ?? last;
  const negative = open !== undefined || (sign !== undefined && sign !== "+");
  let exponent = Number(tens ?? 0);
  let scaled = tens !== undefined;
  let unit = before;
  if (after !== undefined) {
    let rest = after.trim();
    const suffix = suffixes.exec(rest);
    const power = suffix === null ? undefined : zeros.get(suffix[1]);
    if (suffix !== null && power !== undefined) {
      exponent += power;
      scaled = true;
      rest = suffix[2];
    }
    if (rest !== "") {
      if (unit !== undefined || !unitText.test(rest)) return undefined;
      unit = rest;
    }
  }
  return {
    core: core.trimEnd(),
    negative,
    exponent,
    scaled,
    ...(unit !== undefined && { unit, isUnitFirst: before !== undefined }),
  };
}
