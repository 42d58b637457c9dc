import { manualSeed, rand, randn } from "evenkeel";
import { DataLoader, TensorDataset } from "evenkeel/data";
import { BatchNorm1d, Dropout, Linear, ReLU, Sequential } from "evenkeel/nn";
import { updateBatchNorm } from "evenkeel/train";
import { describe, expect, it } from "vitest";
import { expectClose, expectSame, type Golden, load, type Position, tensorOf } from "./goldens/golden.ts";

/**
 * Recomputed running statistics, averaged over the batches, are torch's, over batches of unequal
 * size and behind dropout.
 */

type State = Readonly<Record<string, Golden>>;

interface Case {
  readonly name: string;
  readonly seed: number;
  readonly dropout: number;
  readonly batchSize: number;
  readonly x: Golden;
  readonly after: State;
  readonly exact: State;
  readonly training: boolean;
  readonly position: Position;
}

const { cases } = load<{ cases: Case[] }>("update_bn.json");

function network(dropout: number) {
  const [first, second] = [new BatchNorm1d(4, { momentum: 0.3 }), new BatchNorm1d(2)];
  return new Sequential(new Linear(3, 4), first, new ReLU(), new Dropout(dropout), new Linear(4, 2), second);
}

describe("updateBatchNorm", () => {
  it.each(cases)("$name", ({ seed, dropout, batchSize, x: golden, after, exact, training, position }) => {
    const x = tensorOf(golden);
    manualSeed(seed);
    const net = network(dropout);
    net(x);
    net.eval();

    const [rows] = x.shape;
    const seen = updateBatchNorm(net, new DataLoader(new TensorDataset(x), { batchSize }), { estimate: "average" });
    expect(seen).toEqual({ batches: Math.ceil(rows / batchSize), rows });
    const state = net.stateDict();
    for (const name of Object.keys(after)) expectClose(state[name], after[name], exact[name], name);
    expect(net.training).toBe(training);
    expectSame(rand([1]), position.uniform, "the next uniform");
    expectSame(randn([1]), position.normal, "the next normal");
  });
});
