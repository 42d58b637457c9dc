/**
 * The first line with its end. No regular expression: one that looks for an end that is not there
 * takes forever.
 */
export function firstLine(text: string): string {
  const ends = [text.indexOf("\n"), text.indexOf("\r")].filter((at) => at >= 0);
  if (ends.length === 0) return text;
  const at = Math.min(...ends);
  return text.slice(0, at + (text.startsWith("\r\n", at) ? 2 : 1));
}

/** The lines that a text begins with, as long as they are of this kind. */
export function leadingLines(text: string, isOne: (line: string, index: number) => boolean): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length; ) {
    // A line of interest is short.
    const line = firstLine(text.slice(from, from + 10_000));
    if (!isOne(line, found.length)) break;
    found.push(line);
    from += line.length;
  }
  return found;
}

/** A title, a date, a remark: more lines above a table than these are none. */
const mostLines = 30;

/**
 * The lines above a table: they have no delimiter in them, and all rows below have some, equally
 * many. A table of one column has such lines too, so there must be numbers below names.
 *
 * @param parse the first rows of a text with this delimiter, and whether they have numbers below
 *   names
 */
export function preambleOf(
  text: string,
  delimiters: readonly string[],
  parse: (text: string, delimiter: string) => { rows: readonly (readonly string[])[]; table: boolean },
): string[] {
  for (const delimiter of delimiters) {
    const lines = leadingLines(text, (line, index) => index <= mostLines && !line.includes(delimiter));
    const title = lines.findIndex((line) => line.trim() !== "");
    if (title < 0 || lines.length > mostLines || lines.some((line) => line.includes('"') || line.startsWith("#")))
      continue;
    const { rows, table } = parse(text.slice(lines.join("").length), delimiter);
    // The last may be cut off by the end of what is looked at.
    const sure = rows.length > 20 ? rows.slice(0, -1) : rows;
    if (table && rows[0].length > 1 && sure.every((row) => row.length === rows[0].length)) return lines;
  }
  return [];
}
