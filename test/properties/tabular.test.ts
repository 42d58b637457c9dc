import {
  inferSchema,
  Preprocessing,
  type PreprocessingOptions,
  splitRows,
  tableFromColumns,
  tableFromRows,
  takeRows,
} from "evenkeel/tabular";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** What holds for every table. */

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 });
const cell = fc.oneof(
  { weight: 3, arbitrary: finite },
  fc.constantFrom(null, undefined, "", "?", -0, 1e308, "1,234"),
  fc.boolean(),
  fc.string(),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom("__proto__", "constructor", "2020-02-30", "2020-02-29"),
);

/** How columns become inputs, in every combination. */
const codings: fc.Arbitrary<PreprocessingOptions> = fc.record({
  scale: fc.constantFrom("squash", "zscore", "robust", "none"),
  piecewise: fc.boolean(),
  effectCoding: fc.boolean(),
  dropConstant: fc.boolean(),
  yearDay: fc.boolean(),
  embedAbove: fc.constantFrom(0, 3, Number.POSITIVE_INFINITY),
  rareBelow: fc.constantFrom(1, 2, 5),
});

describe("splits", () => {
  const target = fc.oneof(
    fc.array(fc.option(finite), { minLength: 3, maxLength: 200 }),
    fc.array(fc.option(fc.constantFrom("a", "b", "c")), { minLength: 3, maxLength: 200 }),
  );
  const shares = fc.record({
    validation: fc.double({ min: 0, max: 0.45, noNaN: true }),
    test: fc.double({ min: 0, max: 0.45, noNaN: true }),
  });

  it("take each row with a target once, and no other, alike for equal seeds", () => {
    fc.assert(
      fc.property(target, shares, fc.nat(), (y, options, seed) => {
        const table = tableFromColumns({ y });
        const schema = inferSchema(table, { target: "y" });
        let split: ReturnType<typeof splitRows>;
        try {
          split = splitRows(table, schema, { ...options, seed });
        } catch (error) {
          // Too few rows for the parts, or for one of each class to be left to train on: nothing
          // else may be wrong with these.
          const rows = y.filter((value) => value !== null).length;
          const { message } = error as Error;
          if (/do not fill/.test(message)) expect(rows).toBeLessThan(3);
          else {
            expect(message).toMatch(/too many to stratify/);
            const asked = [options.validation, options.test].map((s) =>
              s === 0 ? 0 : Math.max(1, Math.round(s * rows)),
            );
            expect(asked[0] + asked[1]).toBeGreaterThan(rows - (schema.classes?.length ?? 0));
          }
          return;
        }
        const { train, validation, test } = split;
        const all = [...train, ...validation, ...test].sort((a, b) => a - b);
        expect(all).toEqual(y.flatMap((value, i) => (value === null ? [] : [i])));
        expect([train.length > 0, validation.length > 0, test.length > 0]).toEqual([
          true,
          options.validation > 0,
          options.test > 0,
        ]);
        expect(splitRows(table, schema, { ...options, seed })).toEqual(split);
      }),
    );
  });

  it("give every part its share of each class, to a row", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 80 }), { minLength: 2, maxLength: 5 }),
        fc.nat(),
        (counts, seed) => {
          const y = counts.flatMap((count, k) => new Array<string>(count).fill(`class ${k}`));
          const table = tableFromColumns({ y });
          const split = splitRows(table, inferSchema(table, { target: "y" }), { validation: 0.2, test: 0.3, seed });
          for (const [part, share] of [
            [split.validation, 0.2],
            [split.test, 0.3],
          ] as const) {
            const total = Math.round(share * y.length);
            expect(part.length).toBe(total);
            for (const [k, count] of counts.entries()) {
              const got = part.filter((row) => y[row] === `class ${k}`).length;
              expect(Math.abs(got - (total * count) / y.length)).toBeLessThan(1);
            }
          }
        },
      ),
    );
  });
});

describe("preprocessing", () => {
  it("undoes what it does to the target, to float32", () => {
    const values = fc.array(fc.double({ noNaN: true, min: 1e-3, max: 1e6 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.constantFrom("none", "zscore", "log"), (y, target) => {
        const table = tableFromColumns({ x: y.map((_, i) => i % 2), y });
        const schema = inferSchema(table, { target: "y", task: "regression", features: ["x"] });
        const preprocessing = Preprocessing.fit(
          table,
          schema,
          Int32Array.from(y, (_, i) => i),
          { target },
        );
        const { values } = preprocessing.decode(preprocessing.targets(table));
        const { mean, std } = preprocessing.toJSON().target as { mean: number; std: number };
        for (const [i, value] of y.entries()) {
          const encoded = Math.abs(((target === "log" ? Math.log(value) : value) - mean) / std);
          // Half an ulp of the encoded value, in the target's unit, and rounding in double.
          const off =
            2 ** -24 * encoded * std * (target === "log" ? value * 1.01 : 1) + 1e-12 * (value + Math.abs(mean));
          expect(Math.abs((values?.[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(off);
        }
      }),
    );
  });

  it("does not see rows that it is not fitted on", () => {
    const row = fc.record({
      n: fc.option(finite),
      c: fc.option(fc.constantFrom("u", "v", "w")),
      b: fc.option(fc.boolean()),
      d: fc.option(fc.date({ noInvalidDate: true })),
    });
    const many = fc.array(row, { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(many, many, codings, (train, test, options) => {
        const withTarget = (rows: typeof train) => rows.map((row, i) => ({ ...row, y: Math.sin(i) }));
        const kinds = { n: "numeric", c: "category", b: "boolean", d: "date" } as const;
        const learnt = (rows: typeof train) => {
          const table = tableFromRows(withTarget(rows));
          const schema = inferSchema(table, { target: "y", kinds, features: ["n", "c", "b", "d"] });
          // A column without any value is ignored, which is known from the whole table: the schema
          // is the caller's.
          const columns = schema.columns.map(({ name, kind, use }) => ({
            name,
            kind,
            use: use === "target" ? use : ("feature" as const),
          }));
          return Preprocessing.fit(
            table,
            { ...schema, columns },
            Int32Array.from(train, (_, i) => i),
            options,
          ).toJSON();
        };
        expect(learnt([...train, ...test])).toEqual(learnt(train));
      }),
    );
  });

  it("gives finite inputs or an error that names a column, whatever the table, and the same ones from JSON", () => {
    const table = fc.array(
      fc.record({ a: cell, ["__proto__"]: cell, "b c": cell, y: finite }, { noNullPrototype: true }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(table, codings, (rows, options) => {
        const table = tableFromRows(rows);
        let preprocessing: Preprocessing;
        try {
          const schema = inferSchema(table, { target: "y", task: "regression", features: ["a", "__proto__", "b c"] });
          preprocessing = Preprocessing.fit(
            table,
            schema,
            Int32Array.from(rows, (_, i) => i),
            options,
          );
          preprocessing.inputs(table);
        } catch (error) {
          expect((error as Error).message).toMatch(/column "(a|b c|__proto__)"|no features|have no values/);
          return;
        }
        const { x, codes } = preprocessing.inputs(table);
        expect(x.data.every(Number.isFinite)).toBe(true);
        if (options.scale === "squash") expect(x.data.every((input) => Math.abs(input) <= 3)).toBe(true);
        const { features, embeddings } = preprocessing.sources;
        expect([features.length, embeddings.length]).toEqual([x.shape[1], preprocessing.embeddings.length]);
        const sources = new Set([...features, ...embeddings]);
        expect([...sources].sort((a, b) => a - b)).toEqual(Array.from({ length: sources.size }, (_, i) => i));
        const alone = preprocessing.encode(table, new Int32Array([rows.length - 1]));
        expect(alone.x).toEqual(x.data.slice((rows.length - 1) * x.shape[1]));
        const again = Preprocessing.fromJSON(JSON.parse(JSON.stringify(preprocessing)));
        expect(again.inputs(table).x.data).toEqual(x.data);
        expect(again.inputs(table).codes?.data).toEqual(codes?.data);
        const order = Int32Array.from(rows, (_, i) => rows.length - 1 - i);
        expect(preprocessing.inputs(takeRows(table, order)).x.data).toEqual(preprocessing.inputs(table, order).x.data);
      }),
    );
  });
});
