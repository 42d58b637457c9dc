import { describe, expect, it } from "vitest";
import { convNets } from "./digest/convNets.ts";
import { type Digests, digests } from "./digest/digest.ts";
import { train } from "./digest/training.ts";
import { readJson } from "./sources.ts";

/**
 * Training runs end in the same bits wherever they run: here, in other versions of Node
 * (`npm run test:engines`) and in a browser (browser/digest.browser.test.ts). `digest/digest.json`
 * holds what they have in common; it may change only with the library's numbers:
 * `npx tsx test/digest/main.ts > test/digest/digest.json`.
 */

const expected = readJson<Digests>("test/digest/digest.json");

describe("a compiled training run", () => {
  it("has the committed digest", async () => {
    expect(await digests()).toEqual(expected);
  });

  it("has it again, in the same process", async () => {
    expect(await digests()).toEqual(expected);
  });

  it("is not what eager execution gives, whose sums run in another order", async () => {
    const eager = await digests({ compiled: false });
    for (const [name, digest] of Object.entries(expected)) expect(eager[name]).not.toBe(digest);
  });
});

describe("a compiled ConvNet", () => {
  it.each(Object.entries(convNets))("%s: has code for everything, its channels last", (_, make) => {
    const { explanations } = train(make(), true);
    const programs = explanations.flatMap((explanation) => explanation.programs);
    // Of the training for both sizes of batches, and of the evaluation.
    expect(programs.map(({ fallbacks }) => fallbacks)).toEqual([0, 0, 0]);
    for (const { tasks } of programs) {
      const names = tasks.map(({ name }) => name);
      expect(names.filter((name) => name === "convolutionLast")).toHaveLength(5);
      expect(names.filter((name) => /^convolution(Input|Weight)?$/.test(name))).toEqual([]);
    }
  });
});
