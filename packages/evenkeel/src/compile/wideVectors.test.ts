import { expect, it, vi } from "vitest";
import { Linear, ReLU, Sequential } from "../nn/index.ts";
import { manualSeed } from "../random/index.ts";
import { noGrad, randn, type Tensor } from "../tensor/index.ts";
import { hasRelaxedMadd } from "../wasm/index.ts";
import { compile } from "./compile.ts";
import { enableWideVectors, hasWideVectors, prefersWide } from "./wideVectors.ts";

/** What an engine can do, and what this one is. */
const [major] = process.versions.node.split(".").map(Number);
const isKnown = process.arch === "x64" && [22, 24, 26].includes(major);

/** Large enough that its product is packed. */
function output(options: { readonly wide?: boolean }): Float32Array {
  manualSeed(1);
  const layer = new Linear(140, 262);
  const x = randn([70, 140]);
  return compile((given: Tensor) => layer(given), options)(x).data as Float32Array;
}

it("do nothing where there is no Node, or one that cannot be told", () => {
  try {
    for (const strange of [
      undefined,
      {},
      { versions: { v8: "13.6.1" } },
      { arch: "x64", getBuiltinModule: () => undefined },
    ]) {
      vi.stubGlobal("process", strange);
      expect(enableWideVectors()).toBe(false);
    }
  } finally {
    vi.unstubAllGlobals();
  }
});

it("are on where they are known to give the same bits, and only if asked for", () => {
  const narrow = output({});
  expect(hasWideVectors()).toBe(false);
  expect(output({ wide: true })).toEqual(narrow);
  expect([hasWideVectors(), enableWideVectors()]).toEqual([isKnown, isKnown]);
  expect(output({})).toEqual(narrow);
  expect(output({ wide: false })).toEqual(narrow);
  if (!isKnown) expect(prefersWide()).toBe(false);
  expect(hasRelaxedMadd()).toBe(true); // in Node 20 because they were asked for
  expect(() => output({ wide: 1 as never })).toThrow("expected true or false");
});

it("join the layers of a network that evaluates, where they are faster, with the same bits", () => {
  manualSeed(2);
  const net = new Sequential(new Linear(9, 50), new ReLU(), new Linear(50, 3)).eval();
  const x = randn([70, 9]);
  const [wide, narrow] = [true, false].map((wide) => compile((given: Tensor) => net(given), { wide }));
  noGrad(() => expect(wide(x).data).toEqual(narrow(x).data));
  const names = ({ explain }: typeof wide) => explain().programs[0].tasks.map(({ name }) => name);
  expect(names(narrow)).toEqual(["linearRelu", "linear"]);
  expect(names(wide)).toEqual(prefersWide() ? ["linearChain"] : names(narrow));
});
