import { type ReadNote, type TableReadError, unreadable } from "../readError.ts";

/** How a column of DuckDB becomes a column of a table. */
export type Reading =
  | {
      readonly as: "number" | "float" | "boolean" | "date" | "text";
      /** The expression that DuckDB computes: FLOAT, DOUBLE, BOOLEAN or VARCHAR. */
      readonly sql: string;
      /** The expression that gives its values as texts, in the shortest way. */
      readonly text?: string;
      /** Doubles below this are exactly the numbers that the column holds. */
      readonly exactBelow?: number;
      readonly note?: string;
    }
  | { readonly as: "ignored"; readonly why: string };

const wholeNumbers = /^U?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$|^BIGNUM$/;
const dates = /^(?:DATE|TIMESTAMP)/;

/** Reads a type as DESCRIBE names it: `DECIMAL(18,3)`, `STRUCT(a BIGINT)[]`, `ENUM('x', 'y')`. */
export function readingOf(column: string, type: string): Reading {
  if (/\[\d*\]$/.test(type)) return ignored("lists");
  const text = `CAST(${column} AS VARCHAR)`;
  const shortest = `regexp_replace(${text}, '\\.0*$|(\\.[0-9]*[1-9])0+$', '\\1')`;
  if (type === "FLOAT") return { as: "float", sql: column, text: shortest };
  const number = `CAST(${column} AS DOUBLE)`;
  if (type === "DOUBLE") return { as: "number", sql: number, text: shortest };
  if (wholeNumbers.test(type)) return { as: "number", sql: number, text, exactBelow: 2 ** 53 };
  if (type.startsWith("DECIMAL")) {
    const [, scale = "0"] = /,\s*(\d+)/.exec(type) ?? [];
    return { as: "number", sql: number, text: scale === "0" ? text : shortest, exactBelow: 1e15 / 10 ** Number(scale) };
  }
  if (type === "BOOLEAN") return { as: "boolean", sql: column };
  if (dates.test(type)) {
    const time = type.includes("TIME ZONE") ? column : `CAST(${column} AS TIMESTAMP)`;
    return { as: "date", sql: `CASE WHEN isfinite(${time}) THEN CAST(epoch_ms(${time}) AS DOUBLE) END` };
  }
  if (type === "TIME" || type === "TIME_NS" || type === "INTERVAL") {
    const what = type === "INTERVAL" ? "durations, read as seconds" : "times of day, read as seconds since midnight";
    return { as: "number", sql: `CAST(epoch(${column}) AS DOUBLE)`, note: what };
  }
  if (type === "JSON") {
    // The mixture of kinds in a JSON file that no other type holds: texts and numbers side by side.
    return { as: "text", sql: `NULLIF(${column} ->> '$', '')` };
  }
  if (type === "VARCHAR" || type === "UUID" || type.startsWith("ENUM") || type === "TIME WITH TIME ZONE") {
    return { as: "text", sql: `NULLIF(CAST(${column} AS VARCHAR), '')` };
  }
  if (type === '"NULL"' || type === "NULL") return { as: "text", sql: `CAST(${column} AS VARCHAR)` };
  const [kind] = type.split("(");
  return ignored(nested[kind] ?? `values of type ${kind}`);
}

const nested: Readonly<Record<string, string>> = {
  STRUCT: "nested objects",
  MAP: "nested objects",
  UNION: "values of several types",
  BLOB: "binary data",
  BIT: "bit strings",
};

function ignored(what: string): Reading {
  return { as: "ignored", why: what };
}

/** The type of column that is made. */
export type Kept = Exclude<Reading["as"], "ignored">;

/**
 * One type that holds the values of both; the files of a pattern need not agree on whether a column
 * is whole.
 */
export function commonReading(a: Kept, b: Kept): Kept {
  if (a === b) return a;
  const numbers = ["number", "float"];
  return numbers.includes(a) && numbers.includes(b) ? "number" : "text";
}

/** A note of a column that is not read. @param why what it holds */
export function leftOutNote(column: string, why: string): ReadNote {
  const message = `column "${column}" is left out: it holds ${why}`;
  return { severity: "warning", code: "ignored-type", column, message };
}

/** A note of a column whose values are read as others. */
export function convertedNote(column: string, what: string): ReadNote {
  return { severity: "note", code: "converted", column, message: `column "${column}" holds ${what}` };
}

/** The error of a table of which these notes say that no column is read. */
export function nothingToRead(name: string, notes: readonly ReadNote[]): TableReadError {
  const what = notes.map(({ message }) => message).join("; ");
  return unreadable("wrong-value", `${name} has no column that can be read${what ? `: ${what}` : ""}`);
}
