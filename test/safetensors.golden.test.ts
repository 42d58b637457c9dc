import { io, nn, type Tensor } from "evenkeel";
import { describe, expect, it } from "vitest";
import { expectClose, expectSame, type Golden, load, tensorOf } from "./goldens/golden.ts";

/**
 * Files as PyTorch's users have them: read to the values that torch has, and written to the same
 * bytes.
 */

interface File {
  readonly name: string;
  readonly bytes: string;
  readonly tensors: Readonly<Record<string, Golden>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly canonical: boolean;
}

interface State {
  readonly bytes: string;
  readonly x: Golden;
  readonly output: Golden;
}

const { files, state } = load<{ files: File[]; state: State[] }>("safetensors.json");
const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, "base64"));

describe("files by the published format", () => {
  it.each(files)("$name", ({ bytes, tensors: expected, metadata: words, canonical }) => {
    const { tensors, metadata } = io.loadSafetensors(bytesOf(bytes));
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, golden] of Object.entries(expected)) expectSame(tensors[name], golden, name);
    expect(metadata).toEqual(words);
    if (!canonical) return;
    const given: Record<string, Tensor> = {};
    for (const name of Object.keys(expected).reverse()) given[name] = tensorOf(expected[name]);
    expect(Buffer.from(io.saveSafetensors(given, { metadata })).toString("base64")).toBe(bytes);
  });

  it.each(state)("a state dict of torch goes into a network and back out, to the byte", ({ bytes, x, output }) => {
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.ReLU(), new nn.Linear(4, 2));
    net.loadStateDict(io.loadSafetensors(bytesOf(bytes)).tensors);
    net.eval();
    expectClose(net(tensorOf(x)), output, null, "output");
    expect(Buffer.from(io.saveSafetensors(net.stateDict())).toString("base64")).toBe(bytes);
  });
});
