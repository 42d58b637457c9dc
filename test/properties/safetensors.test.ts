import { getRngState, io, manualSeed, nn, optim, type Tensor } from "evenkeel";
import fc from "fast-check";
import { expect, it } from "vitest";
import { tensors } from "./arbitraries.ts";

/**
 * Files with every kind of tensor keep it bit for bit; files that were damaged are refused by name
 * or read as what they say.
 */

const names = fc
  .string({ unit: "grapheme", minLength: 0, maxLength: 8 })
  .filter((name) => name !== "__proto__" && name !== "__metadata__");
const dictionaries = fc
  .dictionary(names, tensors({ maxRank: 3 }), { maxKeys: 5, noNullPrototype: true })
  .filter((record) => Object.keys(record).every((name) => !name.includes("__")));
const words = fc.dictionary(names, fc.string({ unit: "grapheme" }), { maxKeys: 3, noNullPrototype: true });

const bitsOf = ({ dtype, shape, data }: Tensor) => ({
  dtype,
  shape,
  bytes: [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
});

const widths: Partial<Record<io.FileDType, number>> = { F64: 8, I64: 8, F32: 4, I32: 4 };

it("what was saved is loaded, bit for bit, and saved again as the same bytes", () => {
  fc.assert(
    fc.property(dictionaries, words, (given, metadata) => {
      const file = io.saveSafetensors(given, { metadata });
      const loaded = io.loadSafetensors(file);
      expect(Object.keys(loaded.tensors).sort()).toEqual(Object.keys(given).sort());
      for (const [name, tensor] of Object.entries(given)) expect(bitsOf(loaded.tensors[name])).toEqual(bitsOf(tensor));
      expect(loaded.metadata).toEqual(metadata);
      expect(io.saveSafetensors(loaded.tensors, { metadata: loaded.metadata })).toEqual(file);
      // Every value lies where its kind of array could be laid over it.
      for (const { dtype, bytes } of Object.values(io.readSafetensorsHeader(file).tensors)) {
        expect(bytes[0] % (widths[dtype] ?? 1)).toBe(0);
      }
    }),
  );
});

type Damage = { readonly at: number; readonly byte: number };
const damages = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 });

function damaged(file: Uint8Array, changes: readonly Damage[]): Uint8Array {
  const copy = file.slice();
  for (const { at, byte } of changes) copy[at % copy.length] = byte;
  return copy;
}

/** Either a refusal in words, or tensors that were not made of thin air. */
function survives(file: Uint8Array, load: (file: Uint8Array) => Record<string, Tensor>): boolean {
  try {
    const bytes = Object.values(load(file)).map(({ data }) => data.byteLength);
    expect(bytes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(4 * file.length);
    return true;
  } catch (error) {
    expect((error as Error).message).toMatch(/^(safetensors|loadCheckpoint): /);
    expect([RangeError, TypeError]).toContain((error as Error).constructor);
    return false;
  }
}

it("flipped bytes give an error that says what is wrong, or a valid result", () => {
  let read = 0;
  fc.assert(
    fc.property(dictionaries, words, damages, (given, metadata, changes) => {
      const file = damaged(io.saveSafetensors(given, { metadata }), changes);
      if (survives(file, (bytes) => io.loadSafetensors(bytes).tensors)) read++;
    }),
    { numRuns: 1000 },
  );
  expect(read).toBeGreaterThan(10); // a flip among the values is another value
});

it("damage to the header alone, and pieces of other headers in it", () => {
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    '"a":',
    "0",
    "9".repeat(17),
    '"F64"',
    '"__metadata__":{',
    " ",
  ];
  fc.assert(
    fc.property(dictionaries, fc.array(fc.tuple(fc.nat(), fc.constantFrom(...pieces), fc.nat(8))), (given, edits) => {
      const file = io.saveSafetensors(given, { metadata: { k: "v" } });
      const length = file[0] + 256 * file[1];
      let header = new TextDecoder().decode(file.subarray(8, 8 + length));
      for (const [at, piece, removed] of edits) {
        const place = at % (header.length + 1);
        header = header.slice(0, place) + piece + header.slice(place + removed);
      }
      const json = new TextEncoder().encode(header);
      const edited = new Uint8Array(8 + json.length + file.length - 8 - length);
      new DataView(edited.buffer).setBigUint64(0, BigInt(json.length), true);
      edited.set(json, 8);
      edited.set(file.subarray(8 + length), 8 + json.length);
      survives(edited, (bytes) => io.loadSafetensors(bytes).tensors);
    }),
    { numRuns: 1000 },
  );
});

it("a file that is cut off anywhere is refused", () => {
  fc.assert(
    fc.property(dictionaries, fc.nat(), (given, at) => {
      const file = io.saveSafetensors(given);
      const cut = file.subarray(0, at % file.length);
      expect(survives(cut, (bytes) => io.loadSafetensors(bytes).tensors)).toBe(false);
    }),
  );
});

it("a damaged checkpoint gives an error that says what is wrong, or a valid one", () => {
  manualSeed(0);
  const model = new nn.Linear(2, 1);
  const optimizer = new optim.Adam(model.parameters());
  model.weight.sum().backward();
  optimizer.step();
  const file = io.saveCheckpoint({
    epoch: 3,
    step: 30,
    model: model.stateDict(),
    optimizer: optimizer.stateDict(),
    scheduler: { best: Infinity },
    earlyStopping: { epochs: 3, mode: "max", best: 1, bestEpoch: 2, model: model.stateDict() },
    history: [{ epoch: 1, train: { loss: 1 } }],
  });
  const withGenerator = io.saveCheckpoint({ ...io.loadCheckpoint(file), generators: { default: getRngState() } });
  expect(survives(withGenerator, (bytes) => io.loadCheckpoint(bytes).model)).toBe(true);
  fc.assert(
    fc.property(damages, (changes) => {
      survives(damaged(file, changes), (bytes) => io.loadCheckpoint(bytes).model);
    }),
    { numRuns: 1000 },
  );
});
