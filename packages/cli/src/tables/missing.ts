import type { Column } from "evenkeel/tabular";
import { compacted } from "./columns/compacted.ts";

/** The columns without these texts, compared without spaces around them: their rows have no value. */
export function withoutTexts(columns: readonly Column[], texts: readonly string[]): Column[] {
  const missing = new Set(texts.map((text) => text.trim()));
  return columns.map((column) => {
    if (column.type === "text") {
      const none = column.dictionary.map((text) => missing.has(text.trim()));
      if (!none.includes(true)) return column;
      return compacted({ ...column, codes: column.codes.map((code) => (code >= 0 && none[code] ? -1 : code)) });
    }
    if (column.type !== "number") return column;
    const numbers = new Set([...missing].filter((text) => String(Number(text)) === text).map(Number));
    if (numbers.size === 0) return column;
    return { ...column, values: column.values.map((value) => (numbers.has(value) ? Number.NaN : value)) };
  });
}
