import { tableFromRows } from "evenkeel/tabular";
import { describe, expect, it } from "vitest";
import { defaultSetup } from "../state/setup.ts";
import { askStudy } from "./ask.ts";
import { whyNoStudy } from "./whyNoStudy.ts";

const table = tableFromRows(
  Array.from({ length: 90 }, (_, i) => ({ a: (i * 37) % 50, b: Math.sin(i), y: ((i * 37) % 50) * 2 + Math.sin(i) })),
);

describe("the study of the page", () => {
  it("compares both networks, the one without normalization as the reference", async () => {
    const progress: number[] = [];
    const setup = { ...defaultSetup, left: "batch", right: "none", hidden: [6], scale: "zscore" } as const;
    const answer = await askStudy(table, "y", setup, { seeds: 2, onProgress: ({ done }) => progress.push(done) });
    expect(answer.complete).toBe(true);
    expect(
      answer.rows.map(({ label, difference }) => [label.includes("BatchNorm"), difference === null]),
    ).toContainEqual([false, true]);
    expect(answer.rows.length).toBeGreaterThanOrEqual(2);
    expect(answer.answer[0]).toMatch(/^Does it help\?/);
    expect(progress).toEqual(Array.from(progress, (_, i) => i + 1));
    expect(progress.length).toBeGreaterThanOrEqual(28);
  });

  it("can be ended early", async () => {
    const abort = new AbortController();
    const setup = { ...defaultSetup, hidden: [4] };
    const onProgress = ({ done }: { done: number }) => done === 3 && abort.abort();
    const answer = await askStudy(table, "y", setup, { seeds: 2, signal: abort.signal, onProgress });
    expect(answer.complete).toBe(false);
  });

  it("says why it cannot ask", () => {
    expect(whyNoStudy(defaultSetup)).toBeUndefined();
    expect(whyNoStudy({ ...defaultSetup, right: "none" })).toMatch(/nothing to compare/);
    expect(whyNoStudy({ ...defaultSetup, left: "layer" })).toMatch(/without normalization/);
    expect(whyNoStudy({ ...defaultSetup, hidden: [] })).toMatch(/nothing to normalize/);
    expect(whyNoStudy({ ...defaultSetup, order: ["linear", "activation", "norm", "dropout"] })).toMatch(
      /in this order/,
    );
  });
});
