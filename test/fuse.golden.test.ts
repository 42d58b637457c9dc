import { nn, type Tensor } from "evenkeel";
import { describe, expect, it } from "vitest";
import { camelCase, decode, errorRatios, type Golden, load, quantile, tensorOf } from "./goldens/golden.ts";

/**
 * Batch normalization folded into the layer before it: torch's weights, rounded once where torch
 * rounds at every step.
 */

interface Case {
  readonly name: string;
  readonly layer: string;
  readonly arguments: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly channels: number;
  readonly norm: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, Golden>>;
  readonly fused: { readonly weight: Golden; readonly bias: Golden };
  readonly exact: { readonly weight: Golden; readonly bias: Golden };
}

const { cases } = load<{ cases: Case[] }>("fuse_bn.json");

type Layer = nn.Module & { readonly weight: Tensor; readonly bias: Tensor };

function fused({ layer, arguments: given, options, channels, norm, state }: Case): Layer {
  const classes = nn as unknown as Record<string, new (...args: unknown[]) => nn.Module>;
  const pair = new nn.Sequential(
    new classes[layer](...given, camelCase(options)),
    new classes[normOf(layer)](channels, norm),
  );
  pair.loadStateDict(Object.fromEntries(Object.entries(state).map(([name, value]) => [name, tensorOf(value)])));
  pair.eval();
  const fuse = layer === "Linear" ? nn.utils.fuseLinearBatchNorm : nn.utils.fuseConvBatchNorm;
  return (fuse as (layer: unknown, norm: unknown) => Layer)(pair.at(0), pair.at(1));
}

const normOf = (layer: string) => `BatchNorm${/\d/.exec(layer)?.[0] ?? 1}d`;

describe("folded batch normalization", () => {
  const results = cases.map((one) => ({ ...one, result: fused(one) }));

  it.each(results)("$name: the exact value, rounded once", ({ result, exact }) => {
    for (const name of ["weight", "bias"] as const) {
      const rounded = Float32Array.from(decode(exact[name]).data);
      expect([...result[name].shape]).toEqual(exact[name].shape);
      // torch's float64 result is itself rounded, so that a value in the middle may fall to either
      // side.
      const off = [...result[name].data].filter((value, i) => value !== rounded[i]);
      expect(off.length).toBeLessThanOrEqual(rounded.length / 1000);
    }
  });

  it("no value is further from the truth than torch's", () => {
    const ratios = results.flatMap(({ result, fused, exact }) =>
      (["weight", "bias"] as const).flatMap((name) =>
        errorRatios(result[name], decode(fused[name]), decode(exact[name])),
      ),
    );
    expect(quantile(ratios, 1)).toBeLessThanOrEqual(1);
  });
});
