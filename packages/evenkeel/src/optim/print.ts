import { formatBool, formatFloat } from "../nn/print/format.ts";

/** Groups as PyTorch prints them, options in the order of their names. */
export function formatOptimizer(name: string, groups: readonly object[]): string {
  const texts = groups.map((group, index) => {
    const options = Object.entries(group).filter(([option]) => option !== "params");
    const lines = options.map(([option, value]) => `    ${snakeCase(option)}: ${formatOption(value)}\n`);
    return `Parameter Group ${index}\n${lines.sort().join("")}`;
  });
  return `${name} (\n${texts.join("\n")})`;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** As in Python, where whole numbers (PyTorch's defaults of 0) are integers. */
function formatOption(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(formatOption).join(", ")})`;
  if (typeof value === "boolean") return formatBool(value);
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : formatFloat(value);
  return value === null ? "None" : String(value);
}
