/** Values as Python prints them, so that a network prints as PyTorch's does. */

/** The shortest digits that give the number back: 0.1, 1.0, 1e-05. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const [digits, power] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = exponent < 0 ? value.toFixed(digits.replace(/[-.]/g, "").length - 1 - exponent) : String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}

export function formatBool(value: boolean): string {
  return value ? "True" : "False";
}

/** A size, or sizes, as Python prints them: 2, None, (3,), (2, 3). */
export function formatSizes(sizes: number | null | readonly (number | null)[]): string {
  const one = (size: number | null) => (size === null ? "None" : String(size));
  if (sizes === null || typeof sizes === "number") return one(sizes);
  return `(${sizes.map(one).join(", ")}${sizes.length === 1 ? "," : ""})`;
}
