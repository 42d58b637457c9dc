import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { maskedCrc32c } from "./crc32c.ts";

/** Field numbers of TensorBoard's event.proto and summary.proto. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const summary = { value: 1 } as const;
const value = { tag: 1, simpleValue: 2 } as const;

/** The first event of every file. */
export function versionEvent(wallTime: number): Uint8Array {
  return start(wallTime).tag(event.fileVersion, WireType.LengthDelimited).string("brain.Event:2").finish();
}

/**
 * An event with the scalars of one step. TensorBoard groups charts by the part of their names
 * before a "/".
 *
 * @param wallTime - seconds since 1970
 */
export function scalarEvent(step: number, scalars: Readonly<Record<string, number>>, wallTime: number): Uint8Array {
  const writer = start(wallTime);
  // protobuf omits zeros
  if (step !== 0) writer.tag(event.step, WireType.Varint).int64(step);
  writer.tag(event.summary, WireType.LengthDelimited).fork();
  for (const [name, scalar] of Object.entries(scalars)) {
    writer.tag(summary.value, WireType.LengthDelimited).fork();
    writer.tag(value.tag, WireType.LengthDelimited).string(name);
    writer.tag(value.simpleValue, WireType.Bit32).float(Math.fround(scalar));
    writer.join();
  }
  return writer.join().finish();
}

function start(wallTime: number): BinaryWriter {
  return new BinaryWriter().tag(event.wallTime, WireType.Bit64).double(wallTime);
}

/**
 * Frames a message as a TFRecord: its length, the length's checksum, the message, its checksum;
 * little-endian.
 */
export function tfRecord(message: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + message.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(message, 12);
  view.setUint32(12 + message.length, maskedCrc32c(message), true);
  return record;
}
