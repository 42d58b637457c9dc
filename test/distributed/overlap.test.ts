import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ranks } from "./ranks.ts";
import type { Overlapping } from "./scenarios/index.ts";

/** Sums over ranks that go on while gradients are computed, in many small messages. */

const ranks = new Ranks();
beforeAll(() => ranks.start(3));
afterAll(() => ranks.close());

const divisions = [
  [3, 2, 4],
  [0, 5, 1],
  [2, 2, 2],
];
const base: Overlapping = { overlaps: true, compiled: false, dtype: "float32", bucketCapMb: 1e-4, divisions };
const ofSize = (size: number) => divisions.map((division) => division.slice(0, size));

describe.each([true, false])("compiled: %s", (compiled) => {
  it.each([
    [2, "float32"],
    [3, "float64"],
  ] as const)("the bytes of %d ranks in %s are those of sums behind the backward pass", async (size, dtype) => {
    const given = { ...base, compiled, dtype, divisions: ofSize(size) };
    const behind = await ranks.run(size, "overlap", { ...given, overlaps: false });
    const meanwhile = await ranks.run(size, "overlap", given);
    // A step that is traced again is the same.
    expect(meanwhile.flatMap(({ warned }) => warned.filter((text) => /does something else/.test(text)))).toEqual([]);
    expect(meanwhile.map(({ found }) => found)).toEqual(behind.map(({ found }) => found));
    const whole = await ranks.run(size, "overlap", { ...given, overlaps: false, bucketCapMb: 25 });
    expect(meanwhile.map(({ found }) => found)).toEqual(whole.map(({ found }) => found));
  });

  it("sums begin before the pass ends, and are waited for in their order", async () => {
    for (const { ofPass } of await ranks.run(2, "overlap", { ...base, compiled, divisions: ofSize(2) })) {
      // Rows, and statistics of the layer; its backward pass sums once more, while three messages are on their way.
      expect(ofPass.join(" ")).toBe(`sum sum start start start sum start start${" finish".repeat(5)}`);
    }
  });

  it("a message that fails leaves the step as it was, and none under way", async () => {
    for (let at = 0; at < 9; at++) {
      const left = await ranks.run(2, "fail", { at, compiled, overlaps: true });
      for (const { error, same, unchanged } of left) {
        expect([error, same, unchanged]).toEqual(["the network is gone", true, true]);
      }
      expect(left[1].after.slice(0, 48)).toEqual(left[0].after.slice(0, 48));
    }
  });
});

it("a pass that fails waits for the sums that it has started, and changes nothing", async () => {
  for (const { failed, same, ofFailed } of await ranks.run(2, "overlap", { ...base, divisions: ofSize(2) })) {
    expect([failed, same]).toEqual(["no further", true]);
    expect(ofFailed.filter((call) => call !== "sum").join(" ")).toBe("start start start finish finish finish");
  }
});

it("a parameter that only some ranks use is refused by all", async () => {
  const errors = await ranks.run(2, "refusals", { overlaps: true });
  for (const { unequal } of errors) {
    expect(unequal).toContain("the parameter b.weight has a gradient on some ranks and none on others");
  }
});
