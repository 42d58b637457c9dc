import { describe, expect, it } from "vitest";
import { BatchNorm1d, Linear, Sequential } from "../nn/index.ts";
import { arange, full, ones, tensor, zeros } from "../tensor/index.ts";
import { loadSafetensors, readSafetensorsHeader, saveSafetensors } from "./index.ts";

/** A file with the given header and `bytes` bytes of data. */
function fileOf(header: string | object, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

const headerOf = (file: Uint8Array) => new TextDecoder().decode(file.slice(8, 8 + file[0] + 256 * file[1])).trimEnd();

const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

describe("saveSafetensors", () => {
  it("writes a length, a padded header and the values", () => {
    const file = saveSafetensors({ w: tensor([1, -2]) }, { metadata: { b: "2", a: "1" } });
    const header = '{"__metadata__":{"a":"1","b":"2"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    expect(headerOf(file)).toBe(header);
    expect(file[0] % 8).toBe(0);
    expect([...file.slice(8 + file[0])]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
  });

  it("gives the same bytes in whatever order the tensors come", () => {
    const [a, b, c] = [tensor([1, 2]), arange(3, { dtype: "float64" }), tensor([true])];
    expect(saveSafetensors({ a, b, c })).toEqual(saveSafetensors({ c, b, a }));
  });

  it("writes counters as int64, to 2^53; what is no count stays float64", () => {
    const count = (value: number) => ({ num_batches_tracked: full([], value, { dtype: "float64" }) });
    const dtypeOf = (value: number) =>
      readSafetensorsHeader(saveSafetensors(count(value))).tensors.num_batches_tracked.dtype;
    expect([0, 5, 2 ** 53 - 1, 0.5, 2 ** 53, -0, Number.NaN].map(dtypeOf)).toEqual([
      "I64",
      "I64",
      "I64",
      "F64",
      "F64",
      "F64",
      "F64",
    ]);
    const { tensors } = loadSafetensors(saveSafetensors(count(2 ** 53 - 1)));
    expect([tensors.num_batches_tracked.dtype, tensors.num_batches_tracked.item()]).toEqual(["float64", 2 ** 53 - 1]);
  });

  it("no other tensor of float64 is taken for such a counter", () => {
    const state = {
      temperature: full([], 3, { dtype: "float64" }),
      num_batches_tracked: full([1], 3, { dtype: "float64" }),
    };
    const { temperature, num_batches_tracked } = readSafetensorsHeader(saveSafetensors(state)).tensors;
    expect([temperature.dtype, num_batches_tracked.dtype]).toEqual(["F64", "F64"]);
  });

  it("keeps a model's state, which loadStateDict takes", () => {
    const net = () => new Sequential(new Linear(2, 3), new BatchNorm1d(3));
    const [from, to] = [net(), net()];
    from(ones([4, 2]));
    to.loadStateDict(loadSafetensors(saveSafetensors(from.stateDict())).tensors);
    expect(saveSafetensors(to.stateDict())).toEqual(saveSafetensors(from.stateDict()));
  });

  it.each<[string, () => unknown, new () => Error, string]>([
    ["a list", () => saveSafetensors([] as never), TypeError, "tensors is [], expected an object of tensors"],
    ["a number", () => saveSafetensors({ a: 1 } as never), TypeError, '"a" is 1, expected a Tensor'],
    ["an option", () => saveSafetensors({}, { meta: {} } as never), TypeError, 'unknown option "meta"'],
    [
      "metadata",
      () => saveSafetensors({}, { metadata: { a: 1 } as never }),
      TypeError,
      'metadata "a" is 1, expected a string',
    ],
    ["a reserved name", () => saveSafetensors({ __metadata__: zeros([1]) }), RangeError, "rename it"],
    ["a prototype", () => saveSafetensors({ "a.__proto__": zeros([1]) }), RangeError, '"a.__proto__" is not allowed'],
    ["half a character", () => saveSafetensors({ "\ud800": zeros([1]) }), RangeError, "no valid Unicode"],
    [
      "half a word",
      () => saveSafetensors({}, { metadata: { a: "\udc00" } }),
      RangeError,
      'metadata "a" is no valid Unicode',
    ],
  ])("refuses %s", (_, call, error, message) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });
});

describe("loadSafetensors", () => {
  it("copies: the tensors do not change with the file", () => {
    const file = saveSafetensors({ a: tensor([1]) });
    const { a } = loadSafetensors(file).tensors;
    file.fill(0);
    expect(a.item()).toBe(1);
  });

  it("takes tensors in any order of the header, fields in any order, white space", () => {
    const file = fileOf(
      '\n{ "b" : {"data_offsets":[4,8],"shape":[1],"dtype":"F32"},\t"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}, ' +
        '"none":{"dtype":"F64","shape":[0,1125899906842623],"data_offsets":[4,4]} }  \r\n',
      8,
    );
    file.set([0, 0, 128, 63], file.length - 4);
    const { tensors } = loadSafetensors(file);
    expect(Object.entries(tensors).map(([name, t]) => [name, t.shape, t.toArray()])).toEqual([
      ["b", [1], [1]],
      ["a", [], 0],
      ["none", [0, 1125899906842623], []],
    ]);
  });

  it("puts names like those of every object's own methods where they belong", () => {
    const { tensors } = loadSafetensors(saveSafetensors({ constructor: zeros([1]), toString: zeros([2]) } as never));
    expect(Object.keys(tensors).sort()).toEqual(["constructor", "toString"]);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  });

  const deep = `{"a":${"[".repeat(100_000)}`;
  const twice =
    '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}';
  const long = `{"${"x".repeat(1000)}":{"dtype":"F3","shape":[],"data_offsets":[0,4]}}`;
  it.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(0), "the file has 0 bytes, expected at least 8"],
    ["a length beyond the file", fileOf("{}").subarray(0, 9), "said to have 2 bytes, but only 1 follow"],
    [
      "a length beyond the limit",
      new Uint8Array(8).fill(255),
      "said to have 18446744073709551615 bytes, more than the 100000000",
    ],
    ["text that is no UTF-8", fileOf("{}").fill(0xff, 9), "no valid UTF-8"],
    ["a byte order mark", fileOf("\ufeff{}"), 'there is "\ufeff{}" where "{" was expected (character 0'],
    ["no header", fileOf(""), 'the header ends where "{" was expected'],
    ["a list", fileOf("[]"), 'there is "[]" where "{"'],
    ["half an object", fileOf('{"a"'), 'the header ends where ":" was expected'],
    ["half a string", fileOf('{"a'), "where a string was expected"],
    ["a line break in a string", fileOf('{"a\n":1}'), "where a string was expected"],
    ["a comma too many", fileOf('{"__metadata__":{},}'), 'there is "}" where a string'],
    ["something after the end", fileOf("{}{}"), "where the end of the header was expected (character 2"],
    ["lists in lists", fileOf(deep), 'in "a", there is'],
    ["a number as text", fileOf('{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}', 4), "where a whole number"],
    ["a fraction", fileOf('{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', 4), 'there is ".0]'],
    ["a negative size", fileOf('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4), "where a whole number"],
    ["a leading zero", fileOf('{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}', 4), "where a whole number"],
    [
      "a size beyond 2^53",
      fileOf('{"a":{"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,4]}}', 4),
      "2^53 - 1",
    ],
    [
      "a size of 400 digits",
      fileOf(`{"a":{"dtype":"F32","shape":[${"9".repeat(400)}],"data_offsets":[0,4]}}`, 4),
      "2^53 - 1",
    ],
    ["too many dimensions", fileOf({ a: entry(0, 4, new Array(65).fill(1)) }, 4), "more than 64 numbers"],
    ["three offsets", fileOf({ a: { dtype: "F32", shape: [], data_offsets: [0, 4, 4] } }, 4), "more than 2 numbers"],
    ["one offset", fileOf({ a: { dtype: "F32", shape: [], data_offsets: [0] } }, 4), '"a" is incomplete'],
    ["no shape", fileOf({ a: { dtype: "F32", data_offsets: [0, 4] } }, 4), '"a" is incomplete'],
    ["a field too many", fileOf({ a: { ...entry(0, 4), stride: [1] } }, 4), '"a" has "stride", expected dtype, shape'],
    ["a key twice", fileOf(twice, 8), 'the header has the key "a" twice'],
    [
      "a field twice",
      fileOf('{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4),
      '"dtype" twice',
    ],
    [
      "a prototype",
      fileOf('{"__proto__":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4),
      '"__proto__" is not allowed',
    ],
    ["a prototype in metadata", fileOf('{"__metadata__":{"__proto__":"x"}}'), '"__proto__" is not allowed'],
    ["metadata that are no strings", fileOf('{"__metadata__":{"a":1}}'), "where a string was expected"],
    ["half a character", fileOf('{"\\ud800":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4), "no valid Unicode"],
    [
      "an unknown dtype",
      fileOf({ a: entry(0, 4, [4], "F8_E4M3") }, 4),
      '"a" has the dtype "F8_E4M3", which is not supported',
    ],
    ["a dtype that is a method", fileOf({ a: entry(0, 4, [4], "toString") }, 4), "not supported"],
    ["a name of 1000 letters", fileOf(long, 4), `"${"x".repeat(80)}…" has the dtype "F3"`],
    ["a product beyond 2^53", fileOf({ a: entry(0, 4, [2 ** 30, 2 ** 30]) }, 4), "more than 2^53 bytes"],
    ["one that a zero hides", fileOf({ a: entry(0, 0, [0, 2 ** 30, 2 ** 30]) }), "more than 2^53 bytes"],
    ["offsets that do not fit", fileOf({ a: entry(0, 8, [1]) }, 8), "has the data_offsets [0, 8], expected 4 bytes"],
    ["offsets that go back", fileOf({ a: entry(4, 0, [1]) }, 4), "has the data_offsets [4, 0], expected 4 bytes"],
    ["an overlap", fileOf({ a: entry(0, 8), b: entry(4, 12) }, 12), '"b" begins at byte 4 of the data and overlaps'],
    ["a hole", fileOf({ a: entry(0, 4), b: entry(8, 12) }, 12), '"b" begins at byte 8 of the data and leaves a hole'],
    ["a hole at the start", fileOf({ a: entry(4, 8) }, 8), "leaves a hole"],
    [
      "a file that is cut off",
      fileOf({ a: entry(0, 8) }, 7),
      "has 69 bytes, expected 70 by its header; is it complete?",
    ],
    ["a file with something after it", fileOf({ a: entry(0, 8) }, 9), "something was added"],
    ["4 TB that are not there", fileOf({ a: entry(0, 2 ** 42) }, 4), "is it complete?"],
    ["a bool that is 2", fileOf({ a: entry(0, 2, [2], "BOOL") }, 2).fill(2, -1), 'value 1 of "a" (BOOL) is the byte 2'],
    [
      "an int64 beyond int32",
      fileOf({ a: entry(0, 8, [1], "I64") }, 8).fill(1, -5),
      'value 0 of "a" (I64) is 72340172838010880, which',
    ],
    [
      "a uint32 beyond int32",
      fileOf({ a: entry(0, 4, [1], "U32") }, 4).fill(255, -4),
      "is 4294967295, which does not fit int32",
    ],
    [
      "a count beyond 2^53",
      fileOf({ num_batches_tracked: entry(0, 8, [], "I64") }, 8).fill(64, -1),
      "does not fit 2^53",
    ],
  ])("refuses %s", (_, file, message) => {
    expect(() => loadSafetensors(file)).toThrow(RangeError);
    expect(() => loadSafetensors(file)).toThrow(message);
  });

  it("takes bytes only", () => {
    expect(() => loadSafetensors("model.safetensors" as never)).toThrow(
      new TypeError('safetensors: the file is "model.safetensors", expected its bytes, a Uint8Array'),
    );
  });
});

describe("readSafetensorsHeader", () => {
  it("needs no more than the beginning of a file", () => {
    const file = saveSafetensors(
      { a: zeros([2, 3]), n: zeros([1], { dtype: "int32" }) },
      { metadata: { made: "here" } },
    );
    const start = 8 + file[0];
    expect(readSafetensorsHeader(file.slice(0, start))).toEqual({
      tensors: {
        a: { dtype: "F32", shape: [2, 3], bytes: [start, start + 24] },
        n: { dtype: "I32", shape: [1], bytes: [start + 24, start + 28] },
      },
      metadata: { made: "here" },
      fileBytes: file.length,
    });
  });
});
