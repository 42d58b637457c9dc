import type { Attempt } from "./columns/part.ts";
import { type TableReadError, unreadable } from "./readError.ts";

/** What is still worth trying after an error of DuckDB at a file. */
export function nextAttempt(error: Error, attempt: Attempt, text: boolean): Attempt | undefined {
  const { message } = error;
  if (!text) return undefined;
  if (/invalid unicode|not utf-?8|invalid utf-?8/i.test(message)) {
    return attempt.encoding === undefined ? { ...attempt, encoding: "windows-1252" } : undefined;
  }
  if (!attempt.thorough && /could not convert|conversion error|failed to cast|transform error/i.test(message)) {
    return { ...attempt, thorough: true };
  }
  return undefined;
}

/** Whether DuckDB found no space for what it wrote: a temporary file, since it writes no other. */
export function isFullDisk(error: unknown): error is Error {
  return error instanceof Error && !("syscall" in error) && /no space left on device/i.test(error.message);
}

/**
 * An error of DuckDB in the words of somebody who reads a table, not of somebody who writes SQL.
 */
export function explain(error: Error, name: string): TableReadError {
  const { message } = error;
  const refusal = (text: string) => unreadable("damaged-file", text, undefined, { cause: error });
  const query = name === "the query";
  if (/Maximum line size/i.test(message)) {
    return refusal(`${name} has a line longer than 4 MB: an unclosed quote, or no CSV file?`);
  }
  if (/invalid state/.test(message)) {
    return refusal(
      `${name} is no regular CSV file: look at its quotes (a quote inside a field is written twice) and line ends`,
    );
  }
  const [, line] = /CSV Error on Line: (\d+)/.exec(message) ?? [];
  if (line !== undefined) return refusal(`${name}, line ${line}: ${csvFault(message)}`);
  if (/Out of Memory/i.test(message)) {
    return refusal(`${name}: DuckDB needs more than 512 MB of memory: read fewer columns`);
  }
  if (/maximum_object_size/.test(message))
    return refusal(`${name}: one of its objects has more bytes than a row of a table`);
  const [, byte, record, fault] =
    /Malformed JSON.*?at byte (\d+) in (?:record\/value|line) (\d+):\s*([^\n]*)/s.exec(message) ?? [];
  if (record !== undefined) {
    return refusal(
      `${name}: record ${record} is no JSON at its byte ${byte}: ${fault.replace(/\s*Try .*$/, "").replace(/\.?\s*$/, "")}`,
    );
  }
  const [, denied] = /Permission Error: Cannot access (?:file|directory) "(.*)"/.exec(message) ?? [];
  if (query && denied !== undefined) {
    // DuckDB takes a name without a file for a folder.
    const [, missing] = /^(.*)\/\*\*\/\*\.\w+$/.exec(denied) ?? [];
    if (missing !== undefined) return refusal(`--sql: there is no file ${missing}`);
    const cure = /^[a-z][a-z0-9+.-]+:\/\//i.test(denied)
      ? "download it first"
      : "write its name out in quotes, or let the query read any file with --trust-sql";
    return unreadable("not-supported", `--sql: the query may not open ${denied}, which it does not name`, cure, {
      cause: error,
    });
  }
  if (query) return refusal(`--sql: ${firstLines(message)}`);
  return refusal(`${name} cannot be read: ${firstLines(message)}`);
}

function csvFault(message: string): string {
  const columns = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (columns) {
    const [, expected, found] = columns;
    return `it has ${found} ${found === "1" ? "field" : "fields"}, expected ${expected} as in the first line; if the delimiter is wrong, name it with --delimiter`;
  }
  if (/unterminated quote/i.test(message))
    return 'a quote is never closed, or stands inside a quoted field, where it is written twice ("")';
  if (/unicode/i.test(message)) return "it is not valid UTF-8: name the encoding with --encoding";
  const rest = message.replace(/^.*?CSV Error on Line: \d+\n(?:Original Line: [^\n]*\n)?/s, "");
  return firstLines(rest);
}

/** What was wrong, without the advice for authors of SQL that follows. */
function firstLines(message: string): string {
  const [first] = message.replace(/^(?:[A-Z][A-Za-z ]* Error: )+/, "").split(/\n\s*\n|\nPossible|\nLINE /);
  const text = first.replace(/\s+/g, " ").trim();
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
