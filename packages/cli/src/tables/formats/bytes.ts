import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream, type ReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Allowed } from "../limits.ts";
import { TableReadError, unreadable } from "../readError.ts";
import { limited, type SourceFile } from "./unpackLimit.ts";

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

const gzipMagic = [0x1f, 0x8b];
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];

/** Whether bytes begin with these. */
export function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}

/** @throws TableReadError if gzip data is damaged at its beginning */
export async function readHead(source: SourceFile): Promise<Head> {
  const { name, path } = source;
  const headLength = headLengthOf(source);
  const file = await open(path);
  let raw: Uint8Array;
  let length: number;
  try {
    const buffer = new Uint8Array(headLength);
    const { bytesRead } = await file.read(buffer, 0, headLength, 0);
    raw = buffer.subarray(0, bytesRead);
    length = (await file.stat()).size;
  } finally {
    await file.close();
  }
  if (startsWith(raw, zstdMagic)) return { bytes: raw, whole: false, compression: "zstd" };
  if (!startsWith(raw, gzipMagic)) return { bytes: raw, whole: length <= raw.length, compression: "uncompressed" };
  const parts: Uint8Array[] = [];
  let unpacked = 0;
  try {
    for await (const part of plainBytes(source, "gzip")) {
      parts.push(part);
      unpacked += part.length;
      if (unpacked > headLength) break;
    }
  } catch (error) {
    throw damagedGzip(name, error);
  }
  const bytes = Buffer.concat(parts).subarray(0, headLength);
  return { bytes, whole: unpacked <= headLength, compression: "gzip" };
}

/**
 * Unpacks a gzip file to its end: DuckDB takes one that was cut off for one that is finished, and
 * compares no check sum.
 *
 * @throws TableReadError if it is damaged, or unpacks beyond its limit
 */
export async function checkGzip(file: SourceFile, signal?: AbortSignal) {
  const nowhere = new Writable({ write: (_part, _encoding, done) => done() });
  try {
    await pipeline(plainBytes(file, "gzip"), nowhere, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw damagedGzip(file.name, error);
  }
}

function damagedGzip(name: string, error: unknown): TableReadError {
  if (error instanceof TableReadError) return error;
  return unreadable("damaged-file", `${name}: the gzip data is damaged (${(error as Error).message})`);
}

/**
 * The bytes of a file, unpacked.
 *
 * @param onBytes is told how many bytes of the file have been read, with each part
 * @throws TableReadError if gzip data is damaged, or unpacks beyond its limit
 */
export async function* unpacked(
  file: SourceFile,
  compression: Head["compression"],
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const { name, path } = file;
  if (compression === "zstd") {
    throw unreadable("not-supported", `${name} is compressed with zstd, as which text is not read`, "unpack it first");
  }
  try {
    const packed = createReadStream(path, { highWaterMark: 1 << 20 });
    for await (const part of plainBytesOf(packed, file, compression)) {
      onBytes(packed.bytesRead);
      yield part;
    }
  } catch (error) {
    throw compression === "gzip" && isOfZlib(error) ? damagedGzip(name, error) : error;
  }
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^Z_|^ERR_/.test(String(error.code));
}

function plainBytes(file: SourceFile, compression: Head["compression"]): AsyncIterable<Uint8Array> {
  return plainBytesOf(createReadStream(file.path, { highWaterMark: 1 << 20 }), file, compression);
}

function plainBytesOf(
  bytes: ReadStream,
  file: SourceFile,
  compression: Head["compression"],
): AsyncIterable<Uint8Array> {
  if (compression !== "gzip") return bytes;
  const unpacked = createGunzip({ chunkSize: 1 << 20 });
  bytes.on("error", (error) => unpacked.destroy(error));
  unpacked.on("close", () => bytes.destroy());
  // Who reads hears of an error; one that comes when nobody reads any more would end the process.
  unpacked.on("error", () => {});
  return limited(bytes.pipe(unpacked), file);
}

/**
 * Which encoding the beginning of a text has: its byte order mark says so, or the zeros of UTF-16,
 * or whether it is valid UTF-8; what is left is taken for Windows-1252, Latin-1 with Excel's
 * additions.
 *
 * @throws TableReadError for what is no text: UTF-32, and binary data
 */
export function encodingOf(head: Head, name: string): "utf-8" | "utf-16le" | "utf-16be" | "windows-1252" {
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

/**
 * Writes a text again, in UTF-8 without a byte order mark.
 *
 * @throws TableReadError if a byte means nothing in that encoding
 */
export async function writeAsUtf8(
  file: SourceFile,
  { compression }: Head,
  encoding: string,
  to: string,
  signal?: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  async function* decoded(source: AsyncIterable<Uint8Array>) {
    for await (const part of source) yield decoder.decode(part, { stream: true });
    yield decoder.decode();
  }
  try {
    await pipeline(plainBytes(file, compression), decoded, createWriteStream(to), { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof TypeError)) throw error;
    throw unreadable(
      "damaged-file",
      `${file.name} is not valid ${encoding.toUpperCase()}`,
      "name its encoding with --encoding",
    );
  }
}
