import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { readSafetensorsHeader, type SafetensorsHeader } from "evenkeel/io";
import { type AnyTableModel, loadModel } from "evenkeel/tabular";
import { misuse } from "../../shell/errors.ts";
import { sentence } from "../../shell/sentence.ts";

/** What a safetensors file is. */
export interface ModelFile {
  readonly header: SafetensorsHeader;
  readonly bytes: number;
  /** Where the file is one of evenkeel's models. */
  readonly model?: AnyTableModel;
}

/** @throws CommandError if it cannot be read, is damaged, or no safetensors file */
export function readModelFile(path: string, name: string): ModelFile {
  const { header, bytes } = readHeader(path, name);
  if (header.metadata.evenkeel === undefined) {
    if (header.fileBytes === bytes) return { header, bytes };
    throw misuse(
      "damaged-file",
      `${name} is damaged: it has ${bytes} bytes, expected ${header.fileBytes} by its header`,
      "is it complete?",
    );
  }
  try {
    return { header, bytes, model: loadModel(readFileSync(path)) };
  } catch (error) {
    throw misuse("damaged-file", `${name} is damaged: ${sentence(error)}`, undefined, { cause: error });
  }
}

/** The beginning is enough: files of other networks may be larger than memory. */
function readHeader(path: string, name: string): { header: SafetensorsHeader; bytes: number } {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = fstatSync(file).size;
      const prefix = readStart(file, 8);
      const length = prefix.length < 8 ? 0 : Number(prefix.readBigUInt64LE());
      const whole = Math.min(8 + length, bytes, 8 + 100_000_000);
      return { header: readSafetensorsHeader(readStart(file, whole)), bytes };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw misuse("damaged-file", `${name} cannot be read: ${sentence(error)}`, undefined, { cause: error });
  }
}

function readStart(file: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, 0));
}
