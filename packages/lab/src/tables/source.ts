import type { CsvFile } from "../../../cli/src/tables/csv/csvFile.ts";
import type { ByteSource } from "../../../cli/src/tables/csv/readCsv.ts";
import {
  damagedGzip,
  gzipMagic,
  type Head,
  headLengthOf,
  notEncoded,
  startsWith,
  zstdMagic,
} from "../../../cli/src/tables/formats/head.ts";
import { limited } from "../../../cli/src/tables/formats/limited.ts";
import { mostUnpacked } from "../../../cli/src/tables/limits.ts";

/** A file that was dropped or chosen. */
export interface GivenFile extends Blob {
  readonly name: string;
}

/** Whether bytes are valid UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The beginning of a file. @throws TableReadError if gzip data is damaged at its beginning */
export async function headOf(file: GivenFile): Promise<Head> {
  const most = headLengthOf({});
  const raw = new Uint8Array(await file.slice(0, most).arrayBuffer());
  if (startsWith(raw, zstdMagic)) return { bytes: raw, whole: false, compression: "zstd" };
  if (!startsWith(raw, gzipMagic)) return { bytes: raw, whole: file.size <= raw.length, compression: "uncompressed" };
  return { ...(await beginningOf(plainBytes(file, "gzip"), most)), compression: "gzip" };
}

/** The first bytes of a stream, and whether that is all. */
export async function beginningOf(
  parts: AsyncIterable<Uint8Array>,
  most = headLengthOf({}),
): Promise<Pick<Head, "bytes" | "whole">> {
  const found: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    found.push(part);
    length += part.length;
    if (length > most) break;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of found) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes: bytes.subarray(0, most), whole: length <= most };
}

/** The bytes of a file, unpacked. @throws TableReadError if gzip data is damaged, or unpacks too far */
async function* plainBytes(file: GivenFile, compression: Head["compression"]): AsyncGenerator<Uint8Array> {
  if (compression !== "gzip") {
    yield* partsOf(file.stream());
    return;
  }
  const unpacked = file.stream().pipeThrough(new DecompressionStream("gzip"));
  try {
    yield* limited(partsOf(unpacked), file.name, mostUnpacked(file.size, undefined));
  } catch (error) {
    throw damagedGzip(file.name, error);
  }
}

/**
 * The bytes of a text in UTF-8.
 *
 * @param encoding undefined where they are as they should be
 * @throws TableReadError if a byte means nothing in the encoding
 */
export async function* textBytes(
  file: GivenFile,
  compression: Head["compression"],
  encoding: string | undefined,
): AsyncGenerator<Uint8Array> {
  if (encoding === undefined) {
    yield* plainBytes(file, compression);
    return;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  const encoder = new TextEncoder();
  const decoded = (bytes?: Uint8Array) => {
    try {
      return encoder.encode(decoder.decode(bytes, { stream: bytes !== undefined }));
    } catch {
      throw notEncoded(file.name, encoding);
    }
  };
  for await (const part of plainBytes(file, compression)) yield decoded(part);
  yield decoded();
}

/** What a stream gives; it is cancelled where nobody wants the rest. Safari's streams are not iterable. */
async function* partsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
  }
}

/** A CSV file that the page was given, as its beginning shows it. */
export interface GivenCsv extends CsvFile {
  readonly file: GivenFile;
  readonly compression: Head["compression"];
  readonly encoding: string | undefined;
}

export const givenFiles: ByteSource<GivenCsv> = {
  sizeOf: async ({ file }) => file.size,
  bytesOf: ({ file, compression, encoding }) => textBytes(file, compression, encoding),
  isUtf8,
};
