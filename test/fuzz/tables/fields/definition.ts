import { isUtf8 } from "node:buffer";
import type { CsvText } from "./text.ts";

/** What a reader makes of a file: its rows, and what is wrong with the record behind them. */
export interface Read {
  readonly rows: readonly (readonly string[])[];
  /** The line in which each row begins. */
  readonly lines: readonly number[];
  /** Empty lines between the records. */
  readonly blankLines: number;
  readonly fault?: { readonly why: "fields" | "quote"; readonly line: number };
}

/**
 * Reads a text by the rules of docs/14 alone, without regard to speed: RFC 4180, and beyond it any
 * line end, quotes inside fields that have none around them, and blank lines, which are no records.
 * Undefined for bytes that are no UTF-8.
 */
export function byDefinition({ bytes, delimiter, columns, skip, head, foot }: CsvText): Read | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString("utf8");
  const escaped = delimiter === "|" ? "\\|" : delimiter;
  const above = new RegExp(`^(?:[^\r\n]*(?:\r\n|\r|\n)){0,${skip}}`).exec(text)![0];
  const body = linesIn(above) < skip ? "" : text.slice(above.length);
  const blank = /(?:\r\n|\r|\n)/y;
  const field = new RegExp(`"((?:[^"]|"")*)"(?!")|(?!")[^${escaped}\r\n]*`, "y");
  const after = new RegExp(`${escaped}|\r\n|\r|\n|$`, "y");
  const records: { readonly fields: string[]; readonly line: number; readonly blanks: number }[] = [];
  let blanks = 0;
  let fault: Read["fault"];
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(body);
    at += found?.[0].length ?? 0;
    return found;
  };
  while (at < body.length && fault === undefined) {
    if (take(blank)) {
      if (records.length > 0) blanks++;
      continue;
    }
    const line = skip + 1 + linesIn(body.slice(0, at));
    const fields: string[] = [];
    for (let stop = delimiter; stop === delimiter && fault === undefined; ) {
      const found = take(field);
      if (found) fields.push(found[1]?.replaceAll('""', '"') ?? found[0]);
      const next = found && take(after);
      if (next) stop = next[0];
      else fault = { why: "quote", line };
    }
    if (fault === undefined) records.push({ fields, line, blanks });
  }
  const kept = records.slice(0, Math.max(0, records.length - foot));
  const odd = kept.findIndex(({ fields }) => fields.length !== columns);
  if (odd >= 0) fault = { why: "fields", line: kept[odd].line };
  const even = odd < 0 ? kept : kept.slice(0, odd);
  const rows = even.slice(head);
  return {
    rows: rows.map(({ fields }) => fields),
    lines: rows.map(({ line }) => line),
    blankLines: even.at(-1)?.blanks ?? 0,
    ...(fault && { fault }),
  };
}

function linesIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
