import { DistributedSampler } from "evenkeel/distributed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ranks } from "./distributed/ranks.ts";
import { decode, type Golden, load } from "./goldens/golden.ts";

/** Orders of DistributedSampler, and batch normalization of a joined batch in float64. */

interface SamplerCase {
  readonly rows: number;
  readonly options: { readonly shuffle?: boolean; readonly drop_last?: boolean; readonly seed?: number };
  readonly epoch: number;
  readonly orders: readonly (readonly number[])[];
}

type Name = "x" | "dy" | "weight" | "bias" | "y" | "dx" | "dweight" | "dbias" | "mean" | "variance";
type NormCase = { readonly name: string; readonly shape: readonly number[] } & Readonly<Record<Name, Golden>>;

const goldens = load<{ samplers: SamplerCase[]; norms: NormCase[] }>("distributed.json");

it("DistributedSampler gives every rank torch's positions", () => {
  for (const { rows, options, epoch, orders } of goldens.samplers) {
    const { shuffle, drop_last: dropLast, seed } = options;
    for (const [rank, order] of orders.entries()) {
      const numReplicas = orders.length;
      const sampler = new DistributedSampler({ length: rows }, { numReplicas, rank, shuffle, dropLast, seed });
      sampler.setEpoch(epoch);
      expect([...sampler], JSON.stringify({ rows, options, epoch, rank })).toEqual(order);
      expect(sampler.length).toBe(order.length);
    }
  }
  expect(goldens.samplers.length).toBeGreaterThan(100);
});

describe("SyncBatchNorm", () => {
  const ranks = new Ranks();
  beforeAll(() => ranks.start(4));
  afterAll(() => ranks.close());

  const divisionsOf = (rows: number) => [
    [rows, 0],
    [0, rows],
    [rows - 1, 1],
    [1, 0, rows - 1],
    [0, Math.ceil(rows / 2), 0, Math.floor(rows / 2)],
  ];

  it.each(goldens.norms.map((each) => [each.name, each] as const))("of %s, however divided", async (_, golden) => {
    const { shape } = golden;
    const values = (name: Name) => decode(golden[name]).data as Float64Array;
    const given = { shape, x: values("x"), dy: values("dy"), weight: values("weight"), bias: values("bias") };
    const expectNear = (got: readonly number[], name: Name) => {
      const want = values(name);
      expect(got.length, name).toBe(want.length);
      // Of two rows, gradients cancel almost entirely.
      const scale = Math.max(1, ...want.map(Math.abs));
      for (const [i, value] of got.entries()) expect(Math.abs(value - want[i]), name).toBeLessThan(1e-12 * scale);
    };
    for (const rows of divisionsOf(shape[0])) {
      const parts = await ranks.run(rows.length, "normalize", { ...given, rows });
      for (const name of ["y", "dx"] as const)
        expectNear(
          parts.flatMap((part) => part[name]),
          name,
        );
      for (const name of ["dweight", "dbias"] as const) {
        expectNear(
          parts[0][name].map((_, c) => parts.reduce((total, part) => total + part[name][c], 0)),
          name,
        );
      }
      for (const part of parts) {
        expectNear(part.mean, "mean");
        expectNear(part.variance, "variance");
        expect(part.batches).toBe(1);
      }
    }
  });
});
