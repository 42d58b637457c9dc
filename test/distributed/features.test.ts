import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ranks } from "./ranks.ts";
import { type Accumulating, scenarios, type Training } from "./scenarios/index.ts";

/** What ranks exchange, refuse and leave behind. */

const ranks = new Ranks();
beforeAll(() => ranks.start(4));
afterAll(() => ranks.close());

const near = (got: readonly number[], want: readonly number[], bound = 1e-10) => {
  expect(got.length).toBe(want.length);
  for (const [i, value] of got.entries()) expect(Math.abs(value - want[i])).toBeLessThan(bound);
};

const base = { net: "dense", optimizer: "Adam", dtype: "float64", compiled: false, seed: 21 } as const;
const divisions = [
  [3, 2, 0],
  [1, 4, 2],
  [0, 1, 5],
  [3, 2, 0],
];

describe("gradients", () => {
  it.each<[string, Partial<Training>]>([
    ["with known rows", { known: true }],
    ["clipped", { clip: 0.05 }],
    ["with a penalty on weights beside the network", { net: "plain", penalty: 0.1 }],
    ["in small messages", { bucketCapMb: 2e-4 }],
    ["of a weighted mean", { weighted: true, net: "plain" }],
  ])("%s are those of one rank", async (_, changed) => {
    for (const compiled of [false, true]) {
      const given = { ...base, divisions, ...changed, compiled };
      const alone = scenarios.train({ ...given, compiled: false });
      for (const { states } of await ranks.run(3, "train", given)) {
        for (const [step, state] of states.entries()) near(state, alone.states[step]);
      }
    }
  });

  it("of a rank without rows are zeros, also behind a batch normalization of its own", async () => {
    const rows = [
      [4, 0],
      [5, 0],
      [3, 0],
    ];
    for (const compiled of [false, true]) {
      const given = { ...base, divisions: rows, unconverted: true, compiled };
      const alone = scenarios.train({ ...given, compiled: false });
      const [all, none] = await ranks.run(2, "train", given);
      const parameters = 5 * 8 + 8 + 2 * 8 + 8 * 6 + 6 + 2 * 6 + 6 * 3 + 3;
      for (const [step, state] of alone.states.entries()) {
        near(all.states[step], state);
        near(none.states[step].slice(0, parameters), state.slice(0, parameters));
      }
    }
  });

  it("have the same bytes, eager and compiled, and in every run", async () => {
    for (const dtype of ["float32", "float64"] as const) {
      const given = { ...base, dtype, divisions: [...divisions, ...divisions] };
      const [eager, again, compiled] = [
        await ranks.run(3, "train", given),
        await ranks.run(3, "train", given),
        await ranks.run(3, "train", { ...given, compiled: true }),
      ];
      expect(again).toEqual(eager);
      expect(compiled.map(({ draws }) => draws)).toEqual(eager.map(({ draws }) => draws));
      const alone = [
        scenarios.train({ ...given, compiled: false }).states,
        scenarios.train({ ...given, compiled: true }).states,
      ];
      // Compiled steps may round otherwise than eager ones; ranks add nothing to that.
      const apart = (a: number[][], b: number[][]) =>
        Math.max(...a.flatMap((state, step) => state.map((value, i) => Math.abs(value - b[step][i]))));
      expect(apart(eager[0].states, compiled[0].states)).toBeLessThanOrEqual(10 * apart(alone[0], alone[1]));
    }
  });
});

describe("noSync", () => {
  const three = [
    [2, 1, 0],
    [1, 1, 1],
    [0, 3, 1],
    [2, 2, 2],
    [1, 0, 0],
    [3, 1, 2],
  ];
  it.each<[string, Pick<Accumulating, "exchanged" | "cleared">]>([
    ["after each other", { exchanged: [false, false, true, false, true, true] }],
    ["and exchanged sums before it", { exchanged: [true, false, true, true, false, true] }],
    ["cleared by null", { exchanged: [false, true, false, true, true, true], cleared: { 1: "null", 2: "null" } }],
    ["cleared by zeros", { exchanged: [false, true, false, true, true, true], cleared: { 1: "zero", 2: "zero" } }],
  ])("adds up, %s", async (_, given) => {
    for (const how of ["eager", "compiled", "alternating"] as const) {
      const alone = scenarios.accumulate({ divisions: three, ...given, how: "eager" });
      for (const found of await ranks.run(3, "accumulate", { divisions: three, ...given, how })) {
        expect(found.length).toBe(alone.length);
        for (const [i, gradients] of found.entries()) near(gradients, alone[i], 1e-12);
      }
    }
  });

  it("within one compiled step", async () => {
    const given = { divisions: three, exchanged: [false, true, false, false, true, true], how: "in one step" } as const;
    const alone = scenarios.accumulate(given);
    for (const found of await ranks.run(3, "accumulate", given)) {
      for (const [i, gradients] of found.entries()) near(gradients, alone[i], 1e-12);
    }
  });
});

describe("draws", () => {
  it.each([[[4]], [[2, 3]], [[]]])("of dropout are those of the whole batch, for rows of shape %j", async (shape) => {
    for (const rows of [
      [2, 3, 1],
      [0, 5, 1],
      [6, 0, 0],
    ]) {
      const alone = scenarios.masks({ rows, shape, compiled: false });
      for (const compiled of [false, true]) {
        const parts = await ranks.run(3, "masks", { rows, shape, compiled });
        const size = shape.reduce((a, b) => a * b, 1);
        for (const call of [0, 1]) {
          // Both masks of a call are behind each other.
          const half = (mask: number) =>
            parts.flatMap(({ masks }, rank) => {
              const own = rows[rank] * size;
              return masks[call].slice(mask * own, (mask + 1) * own);
            });
          expect([...half(0), ...half(1)]).toEqual(alone.masks[call]);
        }
        expect(parts.map(({ next }) => next)).toEqual(parts.map(() => alone.next));
      }
    }
  });
});

describe("a message that fails", () => {
  it("leaves a compiled step as it was, whichever message it is", async () => {
    const whole = await ranks.run(2, "fail", { at: 100, compiled: true });
    expect(whole.map(({ error }) => error)).toEqual(["", ""]);
    for (let at = 0; at < 6; at++) {
      const left = await ranks.run(2, "fail", { at, compiled: true });
      expect(left.map(({ error, same }) => [error, same])).toEqual([
        ["the network is gone", true],
        ["the network is gone", true],
      ]);
    }
  });

  it("leaves parameters of an eager step as they were", async () => {
    for (let at = 0; at < 6; at++) {
      const left = await ranks.run(2, "fail", { at, compiled: false });
      expect(left.map(({ error, unchanged }) => [error, unchanged])).toEqual([
        ["the network is gone", true],
        ["the network is gone", true],
      ]);
    }
  });
});

it.each([
  ["shape", 'the parameter "0.weight" [4, 3] float32 where rank 2 has the parameter "0.weight" [5, 3] float32'],
  ["name", 'nothing more where rank 2 has the parameter "extra.weight" [2, 2] float32'],
  ["frozen", 'the parameter "0.bias" [4] float32 where rank 2 has the parameter "0.bias" [4] float32, frozen'],
  ["count", 'nothing more where rank 2 has the parameter "2.weight" [1, 4] float32'],
] as const)("networks that differ in a %s are refused by all ranks", async (kind, difference) => {
  const errors = await ranks.run(3, "disagree", kind);
  expect(new Set(errors).size).toBe(1);
  expect(errors[0]).toContain(`DistributedDataParallel: the ranks have different networks: rank 0 has ${difference}`);
});

it("refuses what would not be that of the whole batch", async () => {
  const words = {
    rrelu: "rrelu: a draw within DistributedDataParallel",
    noise:
      "normal: a draw within DistributedDataParallel would not be that of the joined batch; dropout is; draw before",
    turned: "dropout: it draws for shape [3, 2] within DistributedDataParallel, where a rank draws for its 2 rows",
    single: "DistributedDataParallel: its first input is a single value",
    none: "DistributedDataParallel: it was called without a tensor",
    grad: "grad: the outputs come from DistributedDataParallel, whose gradients backward() alone sums over the ranks",
    again: "of a group of 2 already; call distributed.destroyProcessGroup() first",
    rows: "setRows: rows is [1], expected 2 numbers, one for each rank",
    batch: "Expected more than 1 value per channel when training, got one on all 2 ranks",
    unequal: "the parameter b.weight has a gradient on some ranks and none on others",
  };
  for (const errors of await ranks.run(2, "refusals", undefined as never)) {
    expect(Object.keys(errors)).toEqual(Object.keys(words));
    for (const [name, text] of Object.entries(words)) expect(errors[name as keyof typeof words]).toContain(text);
  }
});

describe("exchanges", () => {
  it.each([
    [1, 5, 2 ** 20],
    [2, 5, 2 ** 20],
    [3, 100, 64],
    [4, 0, 16],
    [4, 9, 16],
  ])("of %i ranks, %i numbers, %i bytes at a time", async (size, length, capacity) => {
    const all = await ranks.run(size, "exchanges", length, { capacity });
    const value = (rank: number, i: number) => Math.sin(1 + i + 10 * rank);
    const over = (fold: (values: number[]) => number) =>
      Array.from({ length }, (_, i) => fold(Array.from({ length: size }, (_, rank) => value(rank, i))));
    for (const [rank, found] of all.entries()) {
      const sums = over((values) => values.reduce((a, b) => a + b));
      near(found.reduced[0], sums, 1e-6);
      expect(found.reduced[1]).toEqual(sums);
      expect(found.reduced[3]).toEqual(over((values) => Math.min(...values)));
      expect(found.reduced[5]).toEqual(over((values) => Math.max(...values)));
      expect(found.sent).toEqual(Array.from({ length }, (_, i) => Math.fround(value(size - 1, i))));
      expect(found.flags).toEqual([size > 1, true, true]);
      expect(found.gathered).toEqual(
        Array.from({ length: size }, (_, r) => Array.from({ length }, (_, i) => value(r, i))),
      );
      expect(found.bytes).toEqual(Array.from({ length: size }, (_, r) => (r * length > 0 ? [r * length, r] : [0])));
      expect(found.atRoot).toEqual(rank === 1 % size ? Array.from({ length: size }, (_, r) => r * length) : []);
      near(
        found.compiled as number[],
        sums.map((total) => 2 * total + 1),
        1e-12,
      );
    }
  });
});

describe("a rank that does something else", () => {
  it.each([
    [
      "other call",
      "distributed: rank 0 calls allReduce of float32 (2) where rank 2 calls barrier (0); make the same calls",
    ],
    ["other length", "distributed: rank 0 calls allReduce of float32 (2) where rank 2 calls allReduce of float32 (3)"],
  ] as const)("%s: all ranks say so", async (kind, words) => {
    for (const [error] of await ranks.run(3, "quarrel", kind, { timeout: 2000 })) expect(error).toContain(words);
  });

  it("abort() ends all, with its reason, and later calls too", async () => {
    for (const errors of await ranks.run(3, "quarrel", "abort")) {
      expect(errors).toEqual([
        "distributed: rank 2 has ended the group: enough: 1 < 2",
        "distributed: rank 2 has ended the group: enough: 1 < 2",
      ]);
    }
  });

  it("one that does not come is named after the time given", async () => {
    const [first, second, gone] = await ranks.run(3, "quarrel", "gone", { timeout: 1000 });
    expect(gone).toEqual(["gone"]);
    for (const errors of [first, second]) {
      for (const error of errors)
        expect(error).toMatch(/rank [01] has ended the group: rank [01] waited 1000 ms for rank .*2/);
    }
  });
});
