import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { shopFeatures as features, type ShopRow, shopRows, shopTable } from "../../../../../test/tableFixtures.ts";
import { loadSafetensors, readSafetensorsHeader, saveCheckpoint, saveSafetensors } from "../../io/index.ts";
import { manualSeed } from "../../random/index.ts";
import { noGrad, rand, zeros } from "../../tensor/index.ts";
import { trainTable } from "../../train/index.ts";
import { Preprocessing } from "../encoding/preprocessing.ts";
import { takeRows } from "../schema/columns.ts";
import { inferSchema } from "../schema/inferSchema.ts";
import type { Table } from "../table/table.ts";
import { tableFromColumns, tableFromRows } from "../table/tableFrom.ts";
import { TabularNet } from "./network.ts";
import { networkOf } from "./networkOf.ts";
import { TableModel } from "./tableModel.ts";

const rows = shopRows(300);
const table = tableFromRows(rows);
const models = new Map<string, TableModel>();
let checkpoint: Uint8Array;
const targets = ["price", "kind", "sold"];

beforeAll(async () => {
  for (const target of targets) {
    const { model } = await trainTable(shopTable(), {
      ...{ recipe: "simple", target, features, epochs: 2, network: { hidden: [8, 5] } },
      onEpoch: (event) => {
        checkpoint = saveCheckpoint(event.checkpoint());
      },
    });
    models.set(target, model);
    models.set(`${target}, members`, withMembers(model));
  }
});

const all = targets.flatMap((target) => [target, `${target}, members`]);

/** The same model with an untrained network of several members. */
function withMembers(model: TableModel): TableModel {
  manualSeed(3);
  const options = { hidden: [8, 5], norm: "none", members: 3, embedding: "small" } as const;
  return new TableModel({ ...model, network: new TabularNet(model.network.size, options) });
}

const modelOf = (target: string): TableModel => models.get(target) ?? expect.fail(`no model of ${target}`);
/** What a network says of rows, as bits. */
const bits = (model: TableModel, of: Table, some?: Int32Array) => [
  ...new Int32Array(model.output(of, some).data.slice().buffer),
];

describe("predictions", () => {
  it.each(all)("%s: a loaded model predicts the same bits, and saves the same bytes", (target) => {
    const model = modelOf(target);
    const bytes = model.save();
    const loaded = TableModel.load(bytes);
    expect(loaded.predict(table)).toEqual(model.predict(table));
    expect(bits(loaded, table)).toEqual(bits(model, table));
    expect(Buffer.from(loaded.save()).equals(bytes)).toBe(true);
    expect(loaded.schema).toEqual(model.schema);
    expect(loaded.record).toEqual(model.record);
  });

  it.each(all)("%s: a row gets the same bits alone, among others, anywhere", (target) => {
    const model = modelOf(target);
    const all = bits(model, table);
    const width = all.length / 300;
    const of = (row: number) => all.slice(row * width, (row + 1) * width);
    for (const row of [0, 1, 7, 100, 255, 256, 299]) {
      expect(bits(model, table, Int32Array.of(row)), `row ${row} alone`).toEqual(of(row));
      expect(bits(model, tableFromRows([rows[row]])), `row ${row} in a table of its own`).toEqual(of(row));
    }
    const order = Int32Array.from(rows, (_, i) => (i * 7 + 3) % 300);
    expect(bits(model, table, order)).toEqual([...order].flatMap(of));
    expect(bits(model, takeRows(table, order))).toEqual([...order].flatMap(of));
  });

  /** A model of the logarithm of a price, untrained. */
  function logModel(): TableModel {
    const schema = inferSchema(table, { target: "price", features });
    const preprocessing = Preprocessing.fit(table, schema, Int32Array.from(rows.keys()), { target: "log" });
    const { size, options } = modelOf("price").network;
    manualSeed(2);
    return new TableModel({ schema, preprocessing, network: new TabularNet(size, options).eval() });
  }

  it.each([...all, "log"])("%s: without compiling those of the eager network, to the bit", (target) => {
    const model = target === "log" ? logModel() : modelOf(target);
    const preprocessing = Preprocessing.fromJSON(model.preprocessing.toJSON());
    const odd = tableFromRows([...rows, { ...rows[1], town: "nowhere", colour: null, day: "2031-12-31", size: null }]);
    const { x, codes } = preprocessing.inputs(odd);
    const output = noGrad(() => networkOf(model)(x, ...(codes === undefined ? [] : [codes])));
    const eager = TableModel.load(model.save(), { compile: false });
    expect(bits(eager, odd)).toEqual([...new Int32Array(output.data.slice().buffer)]);
    expect(eager.predict(odd)).toEqual(preprocessing.decode(output));
    // Compiled sums of float32 are added up in another order.
    const compiled = model.output(odd).data;
    for (const [i, value] of output.data.entries()) expect(Math.abs(value - compiled[i])).toBeLessThan(1e-5);
  });

  it("of more rows than are encoded at a time are those of each row, and errors name the row", () => {
    const model = modelOf("price");
    const many = Int32Array.from({ length: 40_000 }, (_, i) => (i * 7) % table.rows);
    const all = model.predict(table).values;
    expect(model.predict(table, many).values).toEqual(Float64Array.from(many, (row) => all?.[row] ?? Number.NaN));
    const whole = takeRows(table, many);
    expect(model.predict(whole).values).toEqual(model.predict(table, many).values);
    expect(() =>
      model.output(
        table,
        Int32Array.from({ length: 40_000 }, (_, i) => i),
      ),
    ).toThrow(/there is no row/);
    expect(model.output(table, new Int32Array(0))).toMatchObject({ shape: [0, 1], data: new Float32Array(0) });
    expect(() => model.output(null as never)).toThrow(/Preprocessing.encode: the table is null/);
  });

  it("are the same when the model was prepared, once or twice at a time", async () => {
    for (const options of [{}, { compile: false }]) {
      const loaded = TableModel.load(modelOf("kind").save(), options);
      const prepared = TableModel.load(modelOf("kind").save(), options);
      await Promise.all([prepared.prepare(), prepared.prepare()]);
      expect(bits(prepared, table)).toEqual(bits(loaded, table));
      // A prediction does not wait for it.
      const started = TableModel.load(modelOf("kind").save(), options);
      const preparing = started.prepare();
      expect(bits(started, table)).toEqual(bits(loaded, table));
      await preparing;
      expect(bits(started, table)).toEqual(bits(loaded, table));
    }
  });

  it("of columns in any order, with others among them, and without the target", () => {
    const model = modelOf("price");
    const columns = [...table.columns].reverse().filter(({ name }) => name !== "price");
    const more = tableFromColumns({ note: rows.map((_, i) => `n${i}`) }).columns;
    expect(model.predict({ rows: 300, columns: [...more, ...columns] })).toEqual(model.predict(table));
  });

  it("name a column that is missing, with the nearest, or holds something else", () => {
    const model = modelOf("price");
    const without = (name: string) => table.columns.filter((column) => column.name !== name);
    const renamed = tableFromColumns({ sise: rows.map(({ size }) => size) }).columns;
    expect(() => model.predict({ rows: 300, columns: [...without("size"), ...renamed] })).toThrow(
      /no column "size" \(did you mean "sise"\?\)/,
    );
    expect(() => model.predict({ rows: 300, columns: without("town") })).toThrow(RangeError);
    expect(() => model.predictRows([{ ...rows[0], size: "large" }])).toThrow(/"size".*"large"/);
    expect(() => model.predictRows([{ ...rows[0], day: "someday" }])).toThrow(/"day"/);
    expect(() => model.predict(table, Int32Array.of(300))).toThrow("there is no row 300");
    expect(() => model.predict(rows as never)).toThrow(TypeError);
  });

  it("rows as objects: what is left out, null or unheard of counts as missing", () => {
    const model = modelOf("kind");
    const [first] = model.predictRows([rows[5]]).classes ?? [];
    expect(first).toBe(model.predict(table, Int32Array.of(5)).classes?.[0]);
    const changed = (change: (row: ShopRow) => ShopRow) => model.predictRows([change(rows[5])]).probabilities;
    const drop = (name: string) => (row: ShopRow) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => key !== name));
    for (const name of features) {
      const missing = changed((row) => ({ ...row, [name]: null }));
      expect(changed(drop(name)), name).toEqual(missing);
      expect(missing?.every(Number.isFinite), name).toBe(true);
    }
    for (const name of ["town", "colour"]) {
      expect(
        changed((row) => ({ ...row, [name]: "never seen" })),
        name,
      ).toEqual(changed(drop(name)));
    }
    expect(model.predictRows([{}, {}]).classes).toHaveLength(2);
    expect(model.predictRows([])).toEqual({ classes: [], probabilities: new Float64Array() });
    expect(model.predict(table, new Int32Array()).classes).toEqual([]);
    expect(model.predictRows([{ ...rows[5], __proto__: { size: 1 } }]).classes).toEqual([first]);
  });

  it("are of the network as it was when the model was made, whatever becomes of it", () => {
    const model = modelOf("price");
    const values = model.predict(table);
    const network = networkOf(model);
    expect(network.training).toBe(false);
    network.train();
    const same = new TableModel({ ...model, network });
    expect(same.predict(table)).toEqual(values);
    noGrad(() => network.parameters()[0].mul_(2));
    expect(model.predict(table)).toEqual(values);
    expect(same.predict(table)).toEqual(values);
    expect(Buffer.from(same.save()).equals(model.save())).toBe(true);
    expect(new TableModel({ ...model, network }).predict(table)).not.toEqual(values);
  });

  it("draw nothing: not at loading, nor when a module is made of the network", () => {
    manualSeed(5);
    const expected = rand([3]).toArray();
    manualSeed(5);
    networkOf(TableModel.load(modelOf("price").save()));
    expect(rand([3]).toArray()).toEqual(expected);
  });
});

it("a network whose members were combined for another task is refused", () => {
  const { network, ...parts } = modelOf("price");
  const { size, options } = network;
  const binary = new TabularNet({ ...size, task: "binary" }, { ...options, members: 2 });
  expect(() => new TableModel({ ...parts, network: binary })).toThrow(
    'TableModel: network.size.task is "binary", expected "regression", the task of the preprocessing',
  );
});

describe("the file", () => {
  it("holds the state dict under the network's own names", () => {
    const { tensors, metadata } = readSafetensorsHeader(modelOf("price").save());
    expect(Object.keys(tensors)).toEqual(expect.arrayContaining(Object.keys(modelOf("price").network.stateDict())));
    expect(tensors["layers.0.weight"]).toMatchObject({ dtype: "F32", shape: [8, expect.any(Number)] });
    expect(Object.keys(tensors)).toEqual(expect.arrayContaining(["embeddings.0.weight", "layers.1.running_mean"]));
    expect(metadata.format).toBe("pt");
  });

  /** The file with something else in its description, or other tensors. */
  function forged(change: (description: Record<string, never>) => unknown, from = "price"): Uint8Array {
    const { tensors, metadata } = loadSafetensors(modelOf(from).save());
    const described = JSON.parse(metadata.evenkeel);
    const text = change(described) ?? described;
    const evenkeel = typeof text === "string" ? text : JSON.stringify(text);
    return saveSafetensors(tensors, { metadata: { ...metadata, evenkeel } });
  }
  const withNetwork = (network: object) => forged((d) => ({ ...d, network: { ...(d.network as object), ...network } }));

  it.each<[string, () => unknown, string | RegExp]>([
    ["no bytes", () => "model.safetensors", "Uint8Array"],
    ["nothing", () => new Uint8Array(), "safetensors"],
    ["weights alone", () => saveSafetensors(networkOf(modelOf("price")).stateDict()), "holds tensors only"],
    ["a checkpoint", () => checkpoint, "is a checkpoint, which resumes a training"],
    ["no JSON", () => forged(() => "{"), "is no JSON"],
    ["no version", () => forged((d) => ({ ...d, version: undefined })), "the file has no version of its format"],
    [
      "a record without a bottom",
      () =>
        forged((d) =>
          JSON.stringify({ ...d, record: {} }).replace(
            '"record":{}',
            `"record":{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
          ),
        ),
      "record is nested more than 64 levels deep",
    ],
    ["a text without an end", () => forged((d) => ({ ...d, record: "x".repeat(70_000) })), /record is "x{500}…"/],
    ["null", () => forged(() => "null"), 'is null, expected "evenkeel-table-model"'],
    ["another format", () => forged((d) => ({ ...d, format: "onnx" })), 'is "onnx", expected "evenkeel-table-model"'],
    [
      "a later version",
      () => forged((d) => ({ ...d, version: 2 })),
      "has version 2 of its format, this evenkeel reads 1",
    ],
    ["a part too many", () => forged((d) => ({ ...d, code: "alert()" })), 'unknown option "code"'],
    [
      "a prototype",
      () => forged((d) => JSON.stringify(d).replace('{"format"', '{"__proto__":{"x":1},"format"')),
      "__proto__",
    ],
    [
      "a prototype in the network",
      () => forged((d) => JSON.stringify(d).replace('"network":{', '"network":{"__proto__":{},')),
      "__proto__",
    ],
    [
      "a prototype in the schema",
      () => forged((d) => JSON.stringify(d).replace('"schema":{', '"schema":{"__proto__":{},')),
      "__proto__",
    ],
    ["no schema", () => forged((d) => ({ ...d, schema: null })), "schema is null"],
    ["a record of no use", () => forged((d) => ({ ...d, record: [] })), "record is []"],
    [
      "another target",
      () => forged((d) => ({ ...d, schema: JSON.parse(JSON.stringify(d.schema).replaceAll('"price"', '"cost"')) })),
      "different target",
    ],
    [
      "fewer features",
      () =>
        forged((d) =>
          JSON.stringify(d).replace(
            '"name":"size","kind":"numeric","use":"feature"',
            '"name":"size","kind":"numeric","use":"ignored"',
          ),
        ),
      "different features",
    ],
    [
      "other classes",
      () => forged((d) => JSON.stringify(d).replace('"classes":["no","yes"]', '"classes":["yes","no"]'), "sold"),
      "different classes",
    ],
    ["widths that memory cannot hold", () => withNetwork({ hidden: Array(64).fill(65_536) }), "but its tensors hold"],
    ["many layers", () => withNetwork({ hidden: Array(1000).fill(65_536) }), "but its tensors hold"],
    [
      "more layers than any network has",
      () => withNetwork({ hidden: Array(20_000).fill(1) }),
      "hidden[1000] is 1, expected at most 1000 widths",
    ],
    [
      "many layers without their tensors, in few words",
      () => {
        const { tensors, metadata } = loadSafetensors(
          forged((d) => ({ ...d, network: { hidden: Array(1000).fill(1) } })),
        );
        return saveSafetensors({ ...tensors, extra: zeros([10_000]) }, { metadata });
      },
      /missing ("[^"]+", ){9}"[^"]+" and \d+ more; .{0,900}$/,
    ],
    [
      "a width beyond all",
      () => withNetwork({ hidden: [1e15] }),
      "hidden[0] is 1000000000000000, expected a whole number from 1 to 65536",
    ],
    [
      "a width that is none",
      () => withNetwork({ hidden: ["8"] }),
      'hidden[0] is "8", expected a whole number from 1 to 65536',
    ],
    ["another width", () => withNetwork({ hidden: [5, 5] }), "layers.0.weight"],
    ["members without their tensors", () => withNetwork({ members: 9 }), "but its tensors hold"],
    ["members beyond all", () => withNetwork({ members: 1e6 }), "members is 1000000, expected a whole number from 1"],
    ["another embedding", () => withNetwork({ embedding: "small" }), '"embeddings.1.weight" has shape'],
    ["another activation", () => withNetwork({ activation: "constructor" }), "activation"],
    [
      "a tensor too many",
      () => {
        const { tensors, metadata } = loadSafetensors(modelOf("price").save());
        return saveSafetensors({ ...tensors, extra: tensors["layers.0.weight"] }, { metadata });
      },
      'describes: unexpected "extra"',
    ],
    [
      "a tensor too few",
      () => {
        const { tensors, metadata } = loadSafetensors(modelOf("price").save());
        const { "layers.1.running_var": _, ...rest } = tensors;
        return saveSafetensors(rest, { metadata });
      },
      'describes: missing "layers.1.running_var"',
    ],
  ])("refuses %s", (_, file, message) => {
    const { user } = process.cpuUsage();
    expect(() => TableModel.load(file() as Uint8Array)).toThrow(message);
    // Before it builds anything. Of CPU time: what else the machine does has no part in it.
    expect((process.cpuUsage().user - user) / 1000).toBeLessThan(2000);
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  });

  it("may hold its numbers in another dtype, which become float32", () => {
    const { tensors, metadata } = loadSafetensors(modelOf("price").save());
    const doubles = Object.fromEntries(Object.entries(tensors).map(([name, of]) => [name, of.double()]));
    const loaded = TableModel.load(saveSafetensors(doubles, { metadata }));
    expect(bits(loaded, table)).toEqual(bits(modelOf("price"), table));
    expect(Buffer.from(loaded.save()).equals(modelOf("price").save())).toBe(true);
  });

  it("is loaded with options that are known", () => {
    const bytes = modelOf("price").save();
    expect(() => TableModel.load(bytes, { compile: "no" } as never)).toThrow('compile is "no", expected true or false');
    expect(() => TableModel.load(bytes, { compiled: false } as never)).toThrow('unknown option "compiled"');
  });

  it("cut off or changed anywhere, it is refused in words, or is a model", () => {
    const bytes = modelOf("kind").save();
    const header = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) + 8;
    const damages = fc.oneof(
      fc.nat(bytes.length - 1).map((length) => bytes.slice(0, length)),
      fc
        .array(fc.tuple(fc.nat(header), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 })
        .map((flips) => {
          const damaged = bytes.slice();
          for (const [at, mask] of flips) damaged[at] ^= mask;
          return damaged;
        }),
    );
    let refused = 0;
    fc.assert(
      fc.property(damages, (damaged) => {
        try {
          TableModel.load(damaged);
        } catch (error) {
          refused++;
          if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
          expect(error.message).not.toMatch(
            /undefined is not|cannot read|is not iterable|is not a function|Invalid array/i,
          );
        }
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
