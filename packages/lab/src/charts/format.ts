const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const two = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });
const percents = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });

/** A number with three significant digits: "2.93", "12,300", "4.1e9", "0.00056". */
export function short(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "infinite" : "−infinite";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return exponent(value, 2);
  return (size >= 1000 ? whole : three).format(value).replace("-", "−");
}

/** A tick of an axis: as {@link short}, but the powers of a large axis stay narrow. */
export function tick(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return exponent(value, 1);
  return (size >= 100 ? whole : three).format(value).replace("-", "−");
}

/** A learning rate, as the strip has them: two significant digits, and no exponent. */
export function rate(value: number): string {
  return two.format(value);
}

/** A share: "12.3%". */
export function percent(share: number): string {
  return Number.isFinite(share) ? percents.format(share) : short(share);
}

export function steps(value: number): string {
  return whole.format(value);
}

function exponent(value: number, digits: number): string {
  const [number, power] = value.toExponential(digits).split("e");
  return `${Number(number)}e${Number(power)}`.replaceAll("-", "−");
}
