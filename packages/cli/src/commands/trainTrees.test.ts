import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TreeModel } from "evenkeel/tabular";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runLine } from "./run.fixture.ts";

const cwd = mkdtempSync(join(tmpdir(), "evenkeel-trees-"));
afterAll(() => rmSync(cwd, { recursive: true }));

/** A table that straight lines say nothing about, with a category and gaps. */
const lines = Array.from({ length: 200 }, (_, i) => {
  const [a, b] = [(i * 37) % 101, (i * 53) % 97];
  const far = a > 50 !== b > 48;
  return `${i % 11 === 0 ? "" : a},${b},${["red", "green"][i % 2]},${(far ? 20 : 5) + (i % 2)}`;
});

const evenkeel = (...args: string[]) => runLine(args, { cwd });

let trained: Awaited<ReturnType<typeof evenkeel>>;
beforeAll(async () => {
  writeFileSync(join(cwd, "t.csv"), `a,b,colour,y\n${lines.join("\n")}\n`);
  trained = await evenkeel("train", "t.csv", "--target", "y", "--model", "trees", "--out", "t.safetensors");
});

describe("train --model trees", () => {
  test("says what was fitted and scores it beside the simple models, and no trees beside trees", () => {
    const { out, err, code } = trained;
    expect([err, code]).toEqual(["", 0]);
    expect(out).toMatch(/Boosted trees of [\d,]+ nodes: 100 rounds in .* then a refit on 160/);
    const row = (name: string) => Number(new RegExp(`^test: ${name} +(\\S+)`, "m").exec(out)?.[1]);
    expect(row("the trees")).toBeLessThan(0.5 * row("ridge"));
    expect(out).not.toMatch(/^test: trees/m);
    expect(out).toMatch(/Wrote t\.safetensors\n +runs\/.*model\.safetensors/);
  });

  test("its model predicts the same as the library's, and evaluate and inspect know it", async () => {
    const model = TreeModel.load(readFileSync(join(cwd, "t.safetensors")));
    const { out } = await evenkeel("predict", "latest", "t.csv", "--json");
    const { values } = model.predictRows(
      lines.map((line) => {
        const [a, b, colour] = line.split(",");
        return { a: a === "" ? null : Number(a), b: Number(b), colour };
      }),
    );
    expect((JSON.parse(out) as { prediction: number }[]).map(({ prediction }) => prediction)).toEqual([...values!]);
    const evaluated = await evenkeel("evaluate", "latest", "t.csv", "--part", "test", "--json");
    const recorded = model.record.scores as { test: { mae: number } };
    expect(JSON.parse(evaluated.out)).toMatchObject({ scores: { mae: expect.closeTo(recorded.test.mae, 12) } });
    expect((await evenkeel("inspect", "t.safetensors")).out).toContain("Boosted trees\n100 trees; ");
    expect((await evenkeel("runs", "show", "latest")).out).toMatch(/100 rounds.*test: the trees.*model +trees/s);
  });

  test.each([
    [["--epochs", "3"], "--epochs is for networks"],
    [["--hidden", "8"], "--hidden is for networks"],
    [["--resume", "latest"], "--resume is for networks"],
    [["--no-compile"], "--no-compile is for networks"],
  ])("refuses what is for networks: %j", async (flags, message) => {
    const { err, code } = await evenkeel("train", "t.csv", "--target", "y", "--model", "trees", ...flags);
    expect([err.includes(message), code]).toEqual([true, 2]);
  });

  test("is not resumed as if it were a network", async () => {
    const { err } = await evenkeel("train", "--resume", "latest");
    expect(err).toMatch(/is one of trees, which are not resumed; train again/);
  });
});
