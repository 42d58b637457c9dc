import { describe, expect, test } from "vitest";
import { madeUpComparison } from "../../../../../test/madeUpStudy.ts";
import { inferSchema, type Schema, tableFromRows } from "../../tabular/index.ts";
import { ones } from "../../tensor/index.ts";
import type { StudyOptions } from "../plan/options.types.ts";
import { planStudy } from "../plan/plan.ts";
import { rateTrials } from "../plan/planTrials.ts";
import { concludeStudy } from "../report/result.ts";
import { runTrial } from "../trial/trial.ts";
import { convNet, type Head, headNames } from "./convNet.ts";

/** Pictures of 4 x 6 with a bright row or a bright column; the pixel in the corner is constant. */
const table = tableFromRows(
  Array.from({ length: 120 }, (_, i) => {
    const pixels = Array.from({ length: 24 }, (_, k) => {
      const [y, x] = [Math.floor(k / 6), k % 6];
      const bright = i % 2 ? x === 1 + (i % 5) : y === 1 + (i % 3);
      return [`pixel ${k}`, k === 0 ? 0 : bright ? 1 : 0.2 * Math.abs(Math.sin(i * 24 + k))];
    });
    return { ...Object.fromEntries(pixels), kind: i % 2 ? "column" : "row", brightness: Math.sin(i) };
  }),
);
const schema: Schema = {
  columns: table.columns.map(({ name }) => {
    const use = name === "kind" ? "target" : name === "brightness" ? "ignored" : "feature";
    return { name, kind: name === "kind" ? "category" : "numeric", use } as const;
  }),
  ...{ target: "kind", task: "binary", classes: ["column", "row"] },
};
const data = { table, schema, picture: [1, 4, 6] as const };
/** Pictures of 8 x 8, large enough for the default three convolutions. */
const larger = (() => {
  const names = Array.from({ length: 64 }, (_, k) => `pixel ${k}`);
  const table = tableFromRows(
    Array.from({ length: 30 }, (_, i) => ({
      ...Object.fromEntries(names.map((name, k) => [name, Math.abs(Math.sin(i * 64 + k))])),
      kind: i % 2 ? "odd" : "even",
    })),
  );
  return { table, schema: inferSchema(table, { target: "kind" }), picture: [1, 8, 8] as const };
})();
const small = { ask: "pooling", hidden: [3, 4], epochs: 25, seeds: [1], lrs: [0.03] } as const;

describe("the arms", () => {
  test("are four heads of one ConvNet on raw pixels, global average first", () => {
    const plan = planStudy(larger, { ask: "pooling" });
    expect(plan.arms.map(({ name, scale }) => [name, scale])).toEqual(
      Object.values(headNames).map((name) => [name, "raw"]),
    );
    expect([plan.settings.hidden, plan.settings.epochs, plan.lrs]).toEqual([[8, 16, 32], 10, [0.003, 0.01]]);
    expect(plan.arms.every((arm) => arm.name !== undefined && arm.batchNorm)).toBe(true);
    const { arms } = planStudy(data, small);
    // Convolutions of 3 x 9 and 4 x 27, norms of 6 and 8; planes of 2 x 3 become 1 x 1, so the
    // Linear is that of a global head.
    expect(arms.map((arm) => arm.name !== undefined && arm.parameters)).toEqual([154, 154, 154, 154]);
    const wider = planStudy(data, { ...small, hidden: [3] }).arms;
    expect(wider.map((arm) => arm.name !== undefined && arm.parameters)).toEqual([37, 37, 52, 52]);
  });

  test.each(Object.keys(headNames) as Head[])(
    "%s: what it makes of constant planes and of one bright pixel",
    (head) => {
      const make = convNet(head, { picture: [1, 4, 4], channels: [1], activation: "relu" });
      const net = make(16, { outputs: 1, task: "regression" });
      // The convolution passes its middle pixel on, the norm passes everything on, and the Linear
      // sums.
      for (const [name, parameter] of net.namedParameters()) {
        parameter.data.fill(name === "linear.weight" || name === "features.1.weight" ? 1 : 0);
        if (name === "features.0.weight") parameter.data[4] = 1;
      }
      net.eval();
      const pixels = ones([2, 16]);
      pixels.data[16 + 5] = 9;
      const expected = { globalAverage: [1, 1.5], globalMax: [1, 9], averageLinear: [4, 6], maxLinear: [4, 12] }[head];
      // Except for its eps.
      expect([...net(pixels).mul(Math.sqrt(1 + 1e-5)).data].map((value) => Number(value.toFixed(5)))).toEqual(expected);
    },
  );

  test("learn, and the same from the same seed", async () => {
    for (const spec of rateTrials(planStudy(data, small)).slice(1, 3)) {
      const { result } = await runTrial(data, spec);
      expect(result.readings.asTrained?.train.errorRate).toBeLessThan(0.2);
      expect((await runTrial(data, spec)).result).toEqual(result);
    }
  });

  test.each<[object, StudyOptions, RegExp]>([
    [
      { picture: undefined },
      {},
      /pooling is about pictures; give their shape .*: picture: \[channels, height, width\]/,
    ],
    [{ picture: [1, 4, 5] }, {}, /picture is \[1,4,5\], 20 pixels, and the table has 24 numeric features of 24/],
    [{ picture: [4, 6] }, {}, /picture is \[4, 6\], expected \[channels, height, width\]/],
    [{ picture: [1, 4, 6.5] }, {}, /picture is \[1,4,6.5\], expected three whole numbers above 0/],
    [{ schema: inferSchema(table, { target: "brightness" }) }, {}, /24 pixels, and the table has 23 numeric features/],
    [{}, { hidden: [] }, /takes the channels of its convolutions from hidden, which is empty/],
    [{}, {}, /pictures of 4 x 6 are smaller than 2 x 2 after 3 convolutions, with .*; give fewer in hidden/],
    [{}, { hidden: [4, 4, 4] }, /pictures of 4 x 6 are smaller than 2 x 2 after 3 convolutions/],
  ])("misuse %#", (other, options, message) => {
    expect(() => planStudy({ ...data, ...other }, { ask: "pooling", ...options })).toThrow(message);
  });
});

describe("each claim can come out true, false and undecided", () => {
  interface Errors {
    readonly test: number;
    readonly train?: number;
  }
  const { classes: _, ...withoutClasses } = schema;
  const numbers = { table, schema: { ...withoutClasses, target: "brightness", task: "regression" as const } };
  const study = (errors: (head: string, seed: number) => Errors) => {
    const made = madeUpComparison(
      ({ name }, { seed }) => {
        const { test, train = test } = errors(name, seed);
        return { validation: test, test: test + 0.0005 * Math.cos(seed * name.length), train };
      },
      { ask: "pooling", seeds: 10, lrs: [0.01], hidden: [3] },
      { ...numbers, picture: [1, 4, 6] },
    );
    return concludeStudy(made.plan, made.trials);
  };
  const verdicts = (...given: Parameters<typeof study>) => study(...given).claims.map(({ verdict }) => verdict);
  const isGlobal = (name: string) => name.startsWith("global");
  const isMax = (name: string) => name.includes("max");
  const noise = (seed: number) => 0.5 * Math.sin(5 * seed);

  test("global average pooling is as good", () => {
    expect(verdicts(() => ({ test: 1 }))[0]).toBe("held");
    expect(verdicts((name) => ({ test: isGlobal(name) ? 1.2 : 1 }))[0]).toBe("not held");
    expect(verdicts((name, seed) => ({ test: isGlobal(name) ? 1.5 + noise(seed) : 1.5 }))[0]).toBe("undecided");
  });
  test("it overfits less, unless it only fits worse", () => {
    expect(verdicts((name) => ({ test: 1, train: isGlobal(name) ? 0.9 : 0.5 }))[1]).toBe("held");
    expect(verdicts(() => ({ test: 1, train: 0.5 }))[1]).toBe("not held");
    expect(verdicts((name) => ({ test: isGlobal(name) ? 1.2 : 1, train: isGlobal(name) ? 1.1 : 0.5 }))[1]).toBe(
      "not held",
    );
    expect(verdicts((name, seed) => ({ test: 1.5, train: isGlobal(name) ? 1 + noise(seed) : 1 }))[1]).toBe("undecided");
  });
  test("max is better", () => {
    expect(verdicts((name) => ({ test: isMax(name) ? 0.9 : 1 }))[2]).toBe("held");
    expect(verdicts((name) => ({ test: isMax(name) ? 1.1 : 1 }))[2]).toBe("not held");
    expect(verdicts((name, seed) => ({ test: isMax(name) ? 1.5 + noise(seed) : 1.5 }))[2]).toBe("undecided");
  });
  test("the headline compares with global average pooling", () => {
    const { headline } = study((name) => ({ test: isMax(name) ? 0.9 : 1 }));
    expect(headline.sentences[0]).toMatch(/^Yes, 2 other heads do better than global average pooling here: test MAE/);
    expect(headline.sentences[2]).toMatch(
      /^Better: global max pooling -0\.0999 \(98\.33% .*; max pooling and a Linear -0\.100 /,
    );
  });
});
