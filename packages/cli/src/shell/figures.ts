/** A count with separators: "12,345". */
export function wholeText(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 seed", "10 seeds" */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** An error: "2.05", and from `most` on "1.1e+14". */
export function figure(value: number, digits = 2, most = 1000): string {
  return Math.abs(value) < most ? value.toFixed(digits) : value.toExponential(1);
}

/** A score with three significant digits: "0.954", "1.89", "2,310", "1.2e+14". */
export function scoreText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : String(value);
  const size = Math.abs(Number(value.toPrecision(3)));
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return value.toExponential(1);
  if (size >= 100) return wholeText(Math.round(value));
  if (size > 0 && size < 0.01) return String(Number(value.toPrecision(2)));
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** A value of a table with four significant digits: "23.51", "4.4e7". */
export function valueText(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) < 1e6)
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  return value.toExponential(3).replace(/\.?0*e\+/, "e");
}

/**
 * A number that a model computes with, with four to six digits: "105.1", "2970.42", "4.4e7",
 * "1.2e-4".
 */
export function factorText(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3)) {
    return value.toExponential(3).replace(/\.?0*e\+?/, "e");
  }
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 4)));
}

/** A tick of an axis: "0.25", "12,000", "−1e−7". */
export function tickText(value: number): string {
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 1e-4 && size < 1e7);
  const text = plain ? value.toLocaleString("en-US", { maximumSignificantDigits: 4 }) : value.toExponential();
  return text.replace("-", "−");
}

/** "12.5%", "<0.1%" */
export function percentage(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return percent < 0.1 ? "<0.1%" : `${percent.toFixed(1)}%`;
}

/** "8.2 s", "192.4 s" */
export function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}

/** "8.2 s", "192 s", with a no-break space, for pages. */
export function aboutSeconds(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)}\u00a0s`;
}

/** "8.2 s", "3 min 12 s", "2 h 5 min" */
export function duration(seconds: number): string {
  if (Number.isNaN(seconds)) return "";
  if (seconds < 59.95) return secondsText(seconds);
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A time that is not known exactly: "5 s", "20 s", "3 min", "1 h 20 min". */
export function aboutDuration(seconds: number): string {
  if (seconds < 7.5) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 55) return `${5 * Math.round(seconds / 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 10) return `${minutes} min`;
  const rounded = 5 * Math.round(minutes / 5);
  if (rounded < 60) return `${rounded} min`;
  return `${Math.floor(rounded / 60)} h${rounded % 60 === 0 ? "" : ` ${rounded % 60} min`}`;
}

/** "512 bytes", "34.5 kB" */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [divisor, unit] =
    bytes < 1e6 ? ([1e3, "kB"] as const) : bytes < 1e9 ? ([1e6, "MB"] as const) : ([1e9, "GB"] as const);
  return `${(bytes / divisor).toFixed(1)} ${unit}`;
}
