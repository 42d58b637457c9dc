import { createHash } from "node:crypto";
import { arange, compile, type DType, grad, manualSeed, rand, randn, type Shape, type Tensor } from "evenkeel";
import * as F from "evenkeel/nn/functional";
import { describe, expect, it } from "vitest";
import { camelCase, expectSame, type Golden, load, type Position, tensorOf } from "./goldens/golden.ts";

/**
 * Dropout in all its forms and RReLU: the masks of torch from the same seed, to the bit, eager and
 * in programs.
 */

interface Case {
  readonly name: string;
  readonly call: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly position: Position;
  readonly input?: Golden;
  readonly output: Golden;
  readonly gradOutput: Golden;
  readonly gradInput: Golden;
  /** Of a long input, which counts from 1. */
  readonly sha256?: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

const { cases } = load<{ cases: Case[] }>("dropout.json");

const calls: Readonly<Record<string, (x: Tensor, options: object) => Tensor>> = {
  dropout1d: F.dropout1d,
  dropout2d: F.dropout2d,
  dropout3d: F.dropout3d,
  alpha_dropout: F.alphaDropout,
  feature_alpha_dropout: F.featureAlphaDropout,
  rrelu: F.rrelu,
};

function expectPosition({ uniform, normal }: Position): void {
  expectSame(rand([1]), uniform, "the next uniform");
  expectSame(randn([1]), normal, "the next normal");
}

describe.each([
  ["eager", false],
  ["compiled", true],
] as const)("%s", (_, compiled) => {
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const { call, args, seed, input, sha256, shape, dtype, position } = one;
    const options = camelCase(args);
    if (sha256 !== undefined) {
      const count = shape.reduce((a, b) => a * b, 1);
      const step = compile((x: Tensor) => calls[call](x, options), { compile: compiled });
      const x = arange(1, count + 1, { dtype }).reshape(shape);
      manualSeed(seed);
      const { data } = step(x);
      expect(
        createHash("sha256")
          .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
          .digest("hex"),
      ).toBe(sha256);
      expectPosition(position);
      return;
    }
    const x = tensorOf(input!, { requiresGrad: true });
    const dy = tensorOf(one.gradOutput);
    const step = compile(
      (x: Tensor) => {
        const y = calls[call](x, options);
        return [y.clone(), ...grad(y, [x], { gradOutputs: dy })];
      },
      { compile: compiled },
    );
    manualSeed(seed);
    const [output, gradInput] = step(x);
    expectSame(output.detach(), one.output, "output");
    expectSame(gradInput, one.gradInput, "gradient");
    expectPosition(position);
  });
});
