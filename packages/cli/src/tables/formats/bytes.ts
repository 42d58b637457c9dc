import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream, type ReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { ByteSource } from "../csv/readCsv.ts";
import {
  damagedGzip,
  gzipMagic,
  type Head,
  headLengthOf,
  notEncoded,
  startsWith,
  zstdMagic,
  zstdText,
} from "./head.ts";
import { limited } from "./limited.ts";
import { type SourceFile, unpackLimit } from "./unpackLimit.ts";

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
    throw zstdText(name);
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
  return limitedBySize(bytes.pipe(unpacked), file);
}

async function* limitedBySize(parts: AsyncIterable<Uint8Array>, file: SourceFile): AsyncGenerator<Uint8Array> {
  yield* limited(parts, file.name, await unpackLimit(file));
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
    throw notEncoded(file.name, encoding);
  }
}

/** The bytes of CSV files on a disk. */
export const onDisk: ByteSource<SourceFile & Pick<Head, "compression">> = {
  sizeOf: async ({ path }) => (await stat(path)).size,
  bytesOf: (file, onBytes) => unpacked(file, file.compression, onBytes),
  isUtf8,
};
