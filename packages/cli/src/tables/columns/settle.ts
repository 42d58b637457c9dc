import { type Column, datesIn, type TextColumn } from "evenkeel/tabular";
import { compacted } from "./columnBuilder.ts";
import { isNumberText } from "./numberText.ts";

/**
 * A text column of a file that knows no types, seen as a whole: nothing but missing values in any
 * spelling is missing, and nothing but numbers is numeric. The sniffer saw only the first rows, or
 * each file of a pattern by itself. Dates stay texts: how they are read is a matter of the schema,
 * or of the model that they are given to.
 */
export function settled(column: Column, nulls: ReadonlySet<string>): Column {
  if (column.type !== "text" || column.dictionary.length === 0) return column;
  const texts = column.dictionary.map((text) => text.trim());
  const isNull = texts.map((text) => nulls.has(text));
  if (!texts.every((text, i) => isNull[i] || isNumberText(text))) {
    const dates = isNull.includes(true) && datesIn(texts.filter((_, i) => !isNull[i])) !== undefined;
    return dates ? withoutTexts(column, isNull) : column;
  }
  if (texts.every((text) => nulls.has(text))) return missing(column);
  const numbers = Float64Array.from(texts, (text) => (nulls.has(text) ? Number.NaN : Number(text)));
  const values = Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : numbers[code]));
  return { name: column.name, type: "number", values };
}

function missing({ name, type, codes }: TextColumn): TextColumn {
  return { name, type, codes: new Int32Array(codes.length).fill(-1), dictionary: [] };
}

function withoutTexts(column: TextColumn, dropped: readonly boolean[]): TextColumn {
  return compacted({ ...column, codes: column.codes.map((code) => (code >= 0 && dropped[code] ? -1 : code)) });
}
