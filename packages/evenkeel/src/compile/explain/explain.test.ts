import { describe, expect, it } from "vitest";
import { cat, full, randn, type Tensor, tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";
import type { ProgramExplanation } from "./explain.ts";
import { formatProgram } from "./formatProgram.ts";

/** The printed explanation fits a terminal of 100 columns for any program. */

const widest = (text: string) => Math.max(...text.split("\n").map(({ length }) => length));
const rank = (dims: number) => new Array<number>(dims).fill(1);

const manyOps = (x: Tensor) => {
  let y = x;
  for (let i = 0; i < 20; i++) y = y.mul(1.5).tanh();
  return y;
};

describe("String(step.explain())", () => {
  const steps: [string, (...args: Tensor[]) => unknown, Tensor[]][] = [
    ["a large group", manyOps, [randn([4, 5])]],
    [
      "many operands in one group",
      (...xs) => xs.reduce((a, b) => a.add(b)),
      Array.from({ length: 24 }, () => randn([3, 4])),
    ],
    ["many operands of one op", (...xs) => cat(xs, 1), Array.from({ length: 40 }, (_, i) => randn([3, 1 + (i % 4)]))],
    ["many dimensions", (x) => x.add(1).sum(0), [randn(rank(60))]],
    ["a task on the host", (x, y) => x.remainder(y), [randn([2, 3]), full([2, 3], 2)]],
    ["many arguments", (...xs) => xs[0].add(1), Array.from({ length: 200 }, () => tensor([1, 2]))],
  ];

  it.each(steps)("fits in 100 columns: %s", (_, step, args) => {
    const compiled = compile(step as (...args: Tensor[]) => unknown);
    compiled(...args);
    expect(widest(String(compiled.explain())), String(compiled.explain())).toBeLessThanOrEqual(100);
    expect(widest(String(compiled.explain({ profile: 3 })))).toBeLessThanOrEqual(100);
  });

  it("says how much it leaves out, of which the data has all", () => {
    const step = compile(manyOps);
    step(randn([4, 5]));
    const { programs } = step.explain();
    expect(programs[0].tasks[0].name.split(" + ")).toHaveLength(24);
    const [, , row] = String(step.explain()).split("\n");
    const kept = row.match(/mul \+ tanh/g)?.length ?? 0;
    const more = Number(row.match(/(\d+) more/)?.[1]);
    expect(kept).toBeGreaterThan(1);
    expect(row.match(/mul|tanh/g)?.length).toBe(24 - more);
  });

  const program = (name: string, shapes: string, fallback?: string): ProgramExplanation => ({
    signature: "grad float32[2]",
    tasks: [{ name, shapes, bytes: 16, fallback }],
    fallbacks: fallback === undefined ? 0 : 1,
    memory: { module: 100, arena: 16, unshared: 32, scratch: 0 },
  });

  it("leaves alone what fits, and gives a reason a line of its own", () => {
    expect(formatProgram(program("remainder", "[2] [] -> [2]", "the remainder is exact")).split("\n")).toEqual([
      "program for grad float32[2]: 1 tasks, 1 on the host",
      "   task       shapes         bytes  time  share",
      "0  remainder  [2] [] -> [2]  16",
      "   host: the remainder is exact",
      "module 100 bytes, working memory 0 bytes",
      "temporaries 16 bytes (32 without sharing)",
    ]);
  });

  it("counts equal shapes, and wraps reasons", () => {
    const text = formatProgram(
      program("concat", `${"[16, 8] ".repeat(30)}[16, 9] -> [16, 249]`, "a long reason ".repeat(20).trim()),
    );
    expect(text).toContain("30 x [16, 8] [16, 9] -> [16, 249]");
    expect(text.match(/a long reason/g)?.length).toBeGreaterThan(10);
    expect(text.replace(/\s+/g, " ").match(/a long reason/g)).toHaveLength(20);
    expect(widest(text)).toBeLessThanOrEqual(100);
  });
});
