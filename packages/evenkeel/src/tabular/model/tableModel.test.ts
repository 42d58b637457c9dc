import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { shopFeatures as features, type ShopRow, shopRows, shopTable } from "../../../../../test/tableFixtures.ts";
import { loadSafetensors, readSafetensorsHeader, saveCheckpoint, saveSafetensors } from "../../io/index.ts";
import { trainTable } from "../../train/index.ts";
import { takeRows } from "../schema/columns.ts";
import type { Table } from "../table/table.ts";
import { tableFromColumns, tableFromRows } from "../table/tableFrom.ts";
import { TableModel } from "./tableModel.ts";

const rows = shopRows(300);
const table = tableFromRows(rows);
const models = new Map<string, TableModel>();
let checkpoint: Uint8Array;
const targets = ["price", "kind", "sold"];

beforeAll(async () => {
  for (const target of targets) {
    const { model } = await trainTable(shopTable(), {
      ...{ target, features, epochs: 2, network: { hidden: [8, 5] } },
      onEpoch: (event) => {
        checkpoint = saveCheckpoint(event.checkpoint());
      },
    });
    models.set(target, model);
  }
});

const modelOf = (target: string): TableModel => models.get(target) ?? expect.fail(`no model of ${target}`);
/** What a network says of rows, as bits. */
const bits = (model: TableModel, of: Table, some?: Int32Array) => [
  ...new Int32Array(model.output(of, some).data.slice().buffer),
];

describe("predictions", () => {
  it.each(targets)("%s: a loaded model predicts the same bits, and saves the same bytes", (target) => {
    const model = modelOf(target);
    const bytes = model.save();
    const loaded = TableModel.load(bytes);
    expect(loaded.predict(table)).toEqual(model.predict(table));
    expect(bits(loaded, table)).toEqual(bits(model, table));
    expect(Buffer.from(loaded.save()).equals(bytes)).toBe(true);
    expect(loaded.schema).toEqual(model.schema);
    expect(loaded.record).toEqual(model.record);
  });

  it.each(targets)("%s: a row gets the same bits alone, among others, anywhere", (target) => {
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

  it("leave the network in the mode in which it was", () => {
    const model = TableModel.load(modelOf("price").save());
    expect(model.network.training).toBe(false);
    model.network.train();
    const values = model.predict(table);
    expect(model.network.training).toBe(true);
    expect(model.network.eval() && model.predict(table)).toEqual(values);
  });
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

  it.each<[string, () => unknown, string]>([
    ["no bytes", () => "model.safetensors", "Uint8Array"],
    ["nothing", () => new Uint8Array(), "safetensors"],
    ["weights alone", () => saveSafetensors(modelOf("price").network.stateDict()), "holds tensors only"],
    ["a checkpoint", () => checkpoint, "is a checkpoint, which resumes a training"],
    ["no JSON", () => forged(() => "{"), "is no JSON"],
    ["null", () => forged(() => "null"), 'is undefined, expected "evenkeel-table-model"'],
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
    ["many layers", () => withNetwork({ hidden: Array(100_000).fill(1) }), "but its tensors hold"],
    ["a width beyond all", () => withNetwork({ hidden: [1e15] }), "hidden has the width 1000000000000000"],
    ["a width that is none", () => withNetwork({ hidden: ["8"] }), 'hidden has the width "8"'],
    ["another width", () => withNetwork({ hidden: [5, 5] }), "layers.0.weight"],
    ["another activation", () => withNetwork({ activation: "constructor" }), "activation"],
  ])("refuses %s", (_, file, message) => {
    const start = performance.now();
    expect(() => TableModel.load(file() as Uint8Array)).toThrow(message);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
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
