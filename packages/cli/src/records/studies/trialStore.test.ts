import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planStudy, runStudy, type TrialRun, trialRunner } from "evenkeel/study";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTrialStore } from "./trialStore.ts";

const rows = Array.from({ length: 60 }, (_, i) => ({ x: Math.sin(i), z: i % 7, y: Math.sin(i) + (i % 7) }));
const table = tableFromRows(rows);
const data = { table, schema: inferSchema(table, { target: "y" }) };
const plan = planStudy(data, {
  seeds: 2,
  lrs: [0.01],
  epochs: 2,
  hidden: [4],
  rowFractions: [],
  epochFractions: [],
  rescale: [],
  dropout: 0,
});
const execute = trialRunner(data);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evenkeel-study-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = () => join(folder, "trials.jsonl");

/** Runs the plan with the folder, and counts the trials that were trained. */
async function study(signal?: AbortSignal, onTrial?: (run: TrialRun) => void) {
  const store = openTrialStore(folder, data);
  let trained = 0;
  try {
    const { result } = await runStudy(plan, {
      execute,
      signal,
      finished: store.finished,
      onEvent: (event) => {
        if (event.type !== "trial") return;
        store.append(event.run);
        trained++;
        onTrial?.(event.run);
      },
    });
    return { bytes: JSON.stringify(result), trained };
  } finally {
    store.close();
  }
}

describe("a study that goes on", () => {
  test("after an abort and a line torn in the middle: the same bytes as in one go", async () => {
    const whole = JSON.stringify((await runStudy(plan, { execute })).result);
    const controller = new AbortController();
    let seen = 0;
    const first = await study(controller.signal, () => ++seen === 5 && controller.abort());
    expect(first.trained).toBe(5);
    truncateSync(path(), readFileSync(path()).length - 20);
    const second = await study();
    expect(second).toEqual({ bytes: whole, trained: 24 - 4 });
    expect(await study()).toEqual({ bytes: whole, trained: 0 });
  });

  test("even the first line may be torn", async () => {
    writeFileSync(path(), '{"format":"evenkeel st');
    expect((await study()).trained).toBe(24);
    expect((await study()).trained).toBe(0);
  });

  test("a damaged line in the middle is named", async () => {
    await study();
    const lines = readFileSync(path(), "utf8").split("\n");
    lines[3] = lines[3].slice(0, 40);
    writeFileSync(path(), lines.join("\n"));
    expect(() => openTrialStore(folder, data)).toThrow(/line 4 of .*trials.jsonl is damaged; delete that line/);
  });

  test("so is the key of a value that is none of a trial's", async () => {
    await study();
    const lines = readFileSync(path(), "utf8").split("\n");
    lines[3] = lines[3].replace(/"diverged":null/, '"diverged":3');
    writeFileSync(path(), lines.join("\n"));
    expect(() => openTrialStore(folder, data)).toThrow(
      /line 4 of .*trials.jsonl is damaged: result\.diverged: .*string/,
    );
  });

  test("trials of another table are refused", () => {
    openTrialStore(folder, data).close();
    const other = tableFromRows(rows.map((row, i) => (i === 30 ? { ...row, x: 0.5 } : row)));
    expect(() => openTrialStore(folder, { table: other, schema: data.schema })).toThrow(/of another table/);
  });

  test("a file that is something else is refused, and stays", () => {
    appendFileSync(path(), '{"name":"my data"}\n');
    expect(() => openTrialStore(folder, data)).toThrow(/is no file of trials/);
    expect(readFileSync(path(), "utf8")).toBe('{"name":"my data"}\n');
    writeFileSync(path(), '{"format":"evenkeel study trials"}\n');
    expect(() => openTrialStore(folder, data)).toThrow(/holds trials of no version/);
  });
});
