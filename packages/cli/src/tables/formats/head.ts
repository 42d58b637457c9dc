import type { Allowed } from "../limits.ts";
import { type ReadNote, TableReadError, unreadable } from "../readError.ts";

/**
 * What the first bytes of a file say. Nothing here needs Node: the lab reads files by the same rules in a browser.
 */

/** How much of a file is looked at to find out what it is: more where a record may be longer. */
export function headLengthOf({ maxRecord = 1 }: Allowed): number {
  return Math.max(1, maxRecord) << 20;
}

/** The beginning of a file, unpacked where it is compressed. */
export interface Head {
  readonly bytes: Uint8Array;
  /** Whether that is all there is. */
  readonly whole: boolean;
  readonly compression: "uncompressed" | "gzip" | "zstd";
}

export const gzipMagic = [0x1f, 0x8b];
export const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];

/** Whether bytes begin with these. */
export function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}

/** Whether bytes are valid UTF-8. Node has a function for it that is faster than anything a browser has. */
export type IsUtf8 = (bytes: Uint8Array) => boolean;

type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/**
 * Which encoding the beginning of a text has: its byte order mark says so, or the zeros of UTF-16,
 * or whether it is valid UTF-8; what is left is taken for Windows-1252, Latin-1 with Excel's
 * additions.
 *
 * @throws TableReadError for what is no text: UTF-32, and binary data
 */
export function encodingOf(head: Head, name: string, isUtf8: IsUtf8): Encoding {
  const { bytes } = head;
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff])) {
    throw unreadable("damaged-file", `${name} is encoded in UTF-32, which is not read`, "save it as UTF-8");
  }
  if (startsWith(bytes, [0xff, 0xfe])) return "utf-16le";
  if (startsWith(bytes, [0xfe, 0xff])) return "utf-16be";
  const zeros = [0, 0];
  let controls = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 0) zeros[i % 2]++;
    else if (bytes[i] < 32 && !isSpace(bytes[i])) controls++;
  }
  const many = bytes.length * 0.3;
  if (zeros[1] > many && zeros[0] < many / 10) return "utf-16le";
  if (zeros[0] > many && zeros[1] < many / 10) return "utf-16be";
  if (zeros[0] + zeros[1] > 0) {
    throw unreadable("damaged-file", `${name} is no text: byte ${bytes.indexOf(0) + 1} is 0, as in binary files`);
  }
  const valid = isUtf8(head.whole ? bytes : wholeCharacters(bytes));
  if (valid && controls === 0) return "utf-8";
  if (controls > Math.max(2, bytes.length / 100)) {
    throw unreadable(
      "damaged-file",
      `${name} is no text: ${controls} of its first ${bytes.length} bytes are control characters`,
    );
  }
  return valid ? "utf-8" : "windows-1252";
}

function isSpace(byte: number): boolean {
  return byte >= 9 && byte <= 13;
}

/** Without a character of UTF-8 that the end cuts in two. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 4 && (bytes[end - 1] & 0xc0) === 0x80) end--;
  if (end > 0 && bytes[end - 1] >= 0xc0) end--;
  else end = bytes.length;
  return bytes.subarray(0, end);
}

/** Whether a text has to be decoded, and is then read in UTF-8 without a byte order mark. */
export function isDecoded(head: Head, found: string, given: string | undefined): boolean {
  return found !== "utf-8" || given !== undefined || startsWith(head.bytes, utf8Mark);
}

const utf8Mark = [0xef, 0xbb, 0xbf];

/** A note where a text is not in UTF-8. */
export function encodingNotes(name: string, found: string): ReadNote[] {
  const message = `${name} is not in UTF-8; it is read as ${found.toUpperCase()}`;
  return found === "utf-8" ? [] : [{ severity: "note", code: "encoding", message }];
}

/** The error of bytes that mean nothing in an encoding. */
export function notEncoded(name: string, encoding: string): TableReadError {
  return unreadable(
    "damaged-file",
    `${name} is not valid ${encoding.toUpperCase()}`,
    "name its encoding with --encoding",
  );
}

/** @throws TableReadError for a text without anything in it */
export function checkNotBlank(name: string, { bytes, whole }: Pick<Head, "bytes" | "whole">): void {
  const blank = whole && new TextDecoder().decode(bytes).trim() === "";
  if (blank) throw unreadable("damaged-file", `${name} is empty: it has nothing but blank lines`);
}

export function damagedGzip(name: string, error: unknown): TableReadError {
  if (error instanceof TableReadError) return error;
  return unreadable("damaged-file", `${name}: the gzip data is damaged (${(error as Error).message})`);
}

/** The error of text that is compressed with zstd. */
export function zstdText(name: string): TableReadError {
  return unreadable("not-supported", `${name} is compressed with zstd, as which text is not read`, "unpack it first");
}
