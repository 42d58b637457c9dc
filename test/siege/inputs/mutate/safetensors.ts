import type { Random } from "../../../fuzz/random.ts";
import { changeJson } from "./json.ts";

const huge = [0, 1, 8, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e20, -1, 0.5];

interface Entry {
  dtype: unknown;
  shape: unknown[];
  data_offsets: number[];
}

/** Changes the header of a safetensors file: lengths, offsets, shapes, dtypes, and documents in it. */
export function changeSafetensors(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length < 8) return bytes;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = parsed(bytes.subarray(8, 8 + length));
  if (header === undefined) return bytes;
  const data = bytes.subarray(8 + length);
  const names = Object.keys(header).filter((name) => name !== "__metadata__" && isEntry(header[name]));
  const metadata = Object(header.__metadata__) as Record<string, unknown>;
  const documents = Object.keys(metadata).filter(
    (key) => typeof metadata[key] === "string" && /^[[{]/.test(metadata[key]),
  );
  const entry = () => header[random.pick(names)] as Entry;
  let json: string | undefined;
  const changes: (readonly [number, () => void])[] = [
    [documents.length > 0 ? 6 : 0, () => change(metadata, random.pick(documents), random)],
    [2, () => (json = changeJson(JSON.stringify(header), random))],
  ];
  if (names.length > 0) {
    changes.push(
      [1, () => (entry().dtype = random.pick(["F16", "BF16", "F64", "I32", "I64", "U8", "BOOL", "F8_E4M3", "f32", 3]))],
      [1, () => (entry().data_offsets[random.int(0, 1)] += random.pick([-8, -4, -1, 1, 4, 8, 2 ** 31, 2 ** 53]))],
      [1, () => (entry().data_offsets = [...entry().data_offsets])],
      [1, () => (entry().data_offsets = [random.pick(huge), random.pick(huge)])],
      [1, () => entry().shape.splice(random.int(0, 2), random.int(0, 1), random.pick(huge))],
      [1, () => entry().shape.reverse()],
      [0.5, () => (entry().shape = Array(random.pick([64, 65, 5000])).fill(1))],
      [1, () => (header[random.pick(["__proto__", "constructor", "a.__proto__.b", "", "x", "\u202e"])] = entry())],
      [1, () => delete header[random.pick(names)]],
    );
  }
  random.weighted(changes)();
  const text = new TextEncoder().encode(json ?? JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  const said = random.chance(0.95) ? text.length : random.pick([0, 1, text.length - 1, text.length + 1, 2 ** 40, 1e8]);
  new DataView(file.buffer).setBigUint64(0, BigInt(said), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

function change(metadata: Record<string, unknown>, key: string, random: Random): void {
  metadata[key] = changeJson(String(metadata[key]), random);
}

/** An earlier change may have made something else of it. */
function isEntry(value: unknown): value is Entry {
  const { shape, data_offsets } = Object(value) as Partial<Entry>;
  return Array.isArray(shape) && Array.isArray(data_offsets);
}

function parsed(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
