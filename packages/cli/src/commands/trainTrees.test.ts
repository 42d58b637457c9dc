import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TreeModel } from "evenkeel/tabular";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunConfig, RunResult } from "../records/runs/types.ts";
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
    expect(out).toMatch(/^Boosted trees: at most 100 rounds, 31 leaves.*\n? .*then a refit on 160 rows/m);
    const row = (name: string) => Number(new RegExp(`^${name} +(\\S+)`, "m").exec(out)?.[1]);
    expect(row("these trees")).toBeLessThan(0.5 * row("ridge"));
    expect(out).toMatch(
      /^40 test rows +MAE .*\n─+\nthese trees .*\n {2}95% interval .* to .*\nridge .*\nme(di)?an .*\n\n/m,
    );
    expect(out).toMatch(/^The trees are better than every baseline on the test rows: MAE [^;]*\sridge/m);
    expect(out).toMatch(/^100 rounds, of a refit on 160 rows, [^.]*\snodes, in/m);
    expect(out).toMatch(
      /Wrote t\.safetensors\n +runs\/.*report\.html\n +runs\/.*model\.safetensors\n\nNext: {2}evenkeel predict t\.safetensors new/,
    );
  });

  test("its report shows the trees, what they look at, and no learning curves", () => {
    const [id] = readdirSync(join(cwd, "runs"));
    const page = readFileSync(join(cwd, "runs", id, "report.html"), "utf8");
    const titles = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title);
    expect(titles).toEqual(
      expect.arrayContaining(["Where it errs", "What it looks at", "The trees", "What was found"]),
    );
    expect(titles).not.toContain("How it learned");
    expect(page).toMatch(/100 rounds of boosted trees: [\d,]+ nodes/);
    expect(page).toContain("TreeModel.load(bytes)");
    expect(page.replaceAll("needs no network", "")).not.toMatch(/network/i);
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
    [["--folds", "3"], "--folds is for networks"],
    [["--threshold", "f1"], 'y" is a number; leave --threshold out'],
    [["--max-bins", "300"], "--max-bins"],
  ])("refuses what is for networks: %j", async (flags, message) => {
    const { err, code } = await evenkeel("train", "t.csv", "--target", "y", "--model", "trees", ...flags);
    expect([err.includes(message), code]).toEqual([true, 2]);
  });

  test("has flags for its options, which networks do not have", async () => {
    const flags = ["--max-iter", "12", "--max-leaf-nodes", "4", "--no-early-stopping", "--interval", "80%"];
    const { out, code } = await evenkeel("train", "t.csv", "-t", "y", "--model", "trees", ...flags, "--json");
    expect(code).toBe(0);
    const { path, result } = JSON.parse(out) as { path: string; result: RunResult };
    const { settings } = JSON.parse(readFileSync(join(path, "config.json"), "utf8")) as RunConfig;
    expect(settings).toMatchObject({
      model: "trees",
      maxIter: 12,
      maxLeafNodes: 4,
      earlyStopping: false,
      interval: 0.8,
    });
    expect(result).toMatchObject({ epochs: 12, decision: { interval: { level: 0.8 }, rows: 32 } });
    expect(Object.keys(result.intervals?.differences ?? {})).toEqual(["mean", "median", "ridge"]);
    const held = await evenkeel("train", "t.csv", "-t", "y", "--model", "trees", "--early-stopping", "--no-refit");
    expect(held.out).toMatch(/^\d+ rounds(, no better for 10 on the rows held\s+back)?: [\d,]+ nodes/m);
    const wrong = await evenkeel("train", "t.csv", "-t", "y", "--max-iter", "12");
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringContaining("--max-iter is for boosted trees; add --model trees"),
    ]);
  });

  test("is what a network is told to be where it is better, and is compared with it", async () => {
    const quick = ["--hidden", "none", "--epochs", "2", "--recipe", "simple", "--no-report"];
    const network = await evenkeel("train", "t.csv", "-t", "y", ...quick);
    expect(network.out).toMatch(/Boosted trees are better than the network on the test rows: MAE/);
    expect(network.out).toMatch(/--model\s+trees trains them\./);
    const listed = await evenkeel("runs", "list", "--json");
    const ids = JSON.parse(listed.out) as { id: string; config: RunConfig }[];
    const [other] = ids.filter(({ config }) => config.settings.model !== "trees");
    const [trees] = ids.filter(({ config }) => config.settings.model === "trees");
    const compared = await evenkeel("runs", "compare", other.id, trees.id);
    expect([compared.err, compared.code]).toEqual(["", 0]);
    expect(compared.out).toMatch(/^model +network +trees$/m);
    expect(compared.out).toMatch(/^test\.mae +\S+ +\* \S+$/m);
  });

  test("keeps the trees so far if it is interrupted, says so, and exits as interrupted", async () => {
    const stop = new AbortController();
    const onWrite = (text: string) => text.includes("Boosted trees:") && stop.abort();
    const args = ["train", "t.csv", "-t", "y", "--model", "trees", "--no-report"];
    const { out, code } = await runLine(args, { cwd, signal: stop.signal, onWrite });
    expect(out).toMatch(/^1 round, then interrupted: /m);
    expect(out).toMatch(/Interrupted: the model has the trees so far\./);
    expect(code).toBe(130);
    const { out: shown } = await evenkeel("runs", "show", "latest");
    expect(shown).toMatch(/interrupted/);
  });

  test("is not resumed as if it were a network", async () => {
    const { err } = await evenkeel("train", "--resume", "latest");
    expect(err).toMatch(/is one of trees, which are not resumed; train again/);
  });
});
