import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { StudyData } from "evenkeel/study";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runLine, world } from "./run.fixture.ts";
import { runStudy } from "./runStudy.ts";

let cwd: string;
beforeEach(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-study-command-"));
  const rows = Array.from({ length: 80 }, (_, i) => {
    const [x, z] = [Math.sin(7 * i), (i * 13) % 11];
    return `${x},${z},${2 * x + z / 5 + Math.cos(3 * i) / 10}`;
  });
  fs.writeFileSync(join(cwd, "small.csv"), `x,z,y\n${rows.join("\n")}\n`);
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(cwd, { recursive: true, force: true });
});

/** Ten seconds pass whenever somebody looks at the clock, so that every network is told. */
function tellEveryNetwork(): void {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 10_000;
    return now;
  });
}

const small = ["--target", "y", "--seeds", "3", "--epochs", "3", "--lr", "0.01,0.05", "--hidden", "4", "--rows", "0.5"];
const args = ["study", "small.csv", ...small, "--norms", "none,batch", "--dropout", "0", "--threads", "1"];
/**
 * 4 arms x 2 rates x 3 seeds; then 4 arms again, on half of the rows and for 1 and 2 of the 3 epochs, and
 * 2 of them rescaled.
 */
const networks = 24 + 12 + 12 + 24 + 6;

const run = (given: readonly string[], signal?: AbortSignal, onWrite?: (text: string) => void) =>
  runLine(given, { cwd, signal, onWrite });

/** The sources are TypeScript, so a thread first needs the loader that the examples run with. */
const url = JSON.stringify(new URL("../actions/study/worker.ts", import.meta.url).href);
const newWorker = (workerData: StudyData) =>
  new Worker(`import("tsx/esm/api").then((tsx) => (tsx.register(), import(${url})))`, { eval: true, workerData });

const read = (folder: string, file: string) => fs.readFileSync(join(cwd, folder, file), "utf8");

describe("a study from beginning to end", () => {
  test("is one screen: question, plan, arms, claims, and last the answer and the report; and writes its files", async () => {
    const { out, err, code } = await run([...args, "--out", "a"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(24);
    // A command is never broken, so that it can be copied.
    expect(lines.filter((line) => line.length > 79 && !line.startsWith("Train it: "))).toEqual([]);
    expect(lines[0]).toBe("Does batch normalization help to predict y?  small.csv, 80 rows");
    expect(lines[1]).toMatch(/^78 networks: 4 arms x 2 learning rates x 3 seeds(?:, then 54 more|; about)/);
    expect(out.match(/^.*(?:[┊┼├●┤─◂▸] ?).* {2}[0-3] of 3$/gm)).toHaveLength(3);
    expect(out).toMatch(/^z-score, no normalization .*┊ reference|reference ┊$/m);
    expect(out.match(/^(?:✓ held|✓ held in part|✗ not held|≈ undecided) {2,}\S/gm)?.length).toBeGreaterThanOrEqual(7);
    expect(out).not.toMatch(/NaN|undefined/);
    expect(lines.at(-1)).toMatch(/^78 networks in .* s\. Report: a\/report\.html$/);
    const result = JSON.parse(read("a", "result.json"));
    expect(result.complete).toBe(true);
    expect(result.trials).toHaveLength(networks);
    const html = read("a", "report.html");
    for (const { claim } of result.claims) expect(html).toContain(claim);
  });

  test("--details prints all of it: features and plan, columns and figures, curves and caveats", async () => {
    const { out, code } = await run([...args, "--details", "--out", "a"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Does batch normalization help to predict y \(regression\)\?/);
    expect(out).toContain(`Plan  ${networks} networks on 51 training rows, 3 epochs`);
    for (const part of [
      "The arms: errors on the test rows (MAE in y)",
      "  └ recomputed",
      "Learning curves",
      "stale?",
    ]) {
      expect(out).toContain(part);
    }
    expect(out.match(/^(?:✓ held|✓ held in part|✗ not held|≈ undecided) +[1-7]\. /gm)).toHaveLength(7);
    expect(out.split("\n").filter((line) => line.length > 80 && !line.startsWith("Train it: "))).toEqual([]);
    expect(out).not.toMatch(/NaN|undefined/);
    expect(out).toMatch(/78 networks in .* on 1 thread\.\nWrote a\/report.html\n/);
  });

  test("--json prints the report alone; the study lies in runs, whose list shows it", async () => {
    tellEveryNetwork();
    const others = ["--epoch-fractions", "none", "--rescale", "none"];
    const { out, err, code } = await run([...args, "--json", "--no-report", "--rows", "none", ...others]);
    expect(code).toBe(0);
    const { study, status, verdict, report, path } = JSON.parse(out);
    expect(study).toMatch(/^\d{4}-\d\d-\d\d_small_[0-9a-f]{4}_study$/);
    expect(status).toBe("finished");
    expect(["held", "not held", "undecided"]).toContain(verdict);
    expect(report.rows.map(({ label }: { label: string }) => label)).toContain("z-score, BatchNorm, recomputed");
    expect(report.claims).toHaveLength(7);
    expect(err).toContain("36/36 networks");
    expect(fs.readdirSync(path).sort()).toEqual(["owner-1.json", "result.json", "study.json", "trials.jsonl"]);
    const { out: listed } = await run(["runs", "list"]);
    expect(listed).toMatch(new RegExp(`^study .*\\n.*\\n${study} +finished +normalization +y +\\d+ +36\\n$`));
  });

  test("two threads give the same bytes", async () => {
    const flags = { target: "y", seeds: 2, epochs: 2, lr: [0.01], hidden: [4], rows: [], dropout: 0, report: false };
    for (const threads of [1, 2]) {
      const given = { ...flags, sampleSeed: 0, threads, out: `threads${threads}` };
      await runStudy("small.csv", given, world({ cwd }).context, { newWorker });
    }
    expect(read("threads2", "result.json")).toBe(read("threads1", "result.json"));
  });
});

describe("another question", () => {
  const asked = ["study", "small.csv", ...small, "--ask", "placement", "--threads", "1"];

  test("placement: its title, arms by group, claims and report, and the same files", async () => {
    const { out, err, code } = await run([...asked, "--details", "--out", "p"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/^Which order of layers predicts y best \(regression\)\?/);
    // One hidden layer: 6 arms x 2 rates x 3 seeds; then all of them on half of the rows.
    expect(out).toContain(`Plan  ${36 + 18 + 18} networks on 51 training rows`);
    for (const part of [
      "no dropout\n  Linear, BatchNorm, ReLU ",
      "dropout before BatchNorm\n",
      "Four claims about the",
    ]) {
      expect(out).toContain(part);
    }
    expect(out.match(/^(?:✓ held|✓ held in part|✗ not held|≈ undecided) +[1-4]\. /gm)).toHaveLength(4);
    expect(out.split("\n").filter((line) => line.length > 90)).toEqual([]);
    expect(out).not.toMatch(/NaN|undefined|Seven claims/);
    const { plan, claims } = JSON.parse(read("p", "result.json"));
    expect(plan.ask).toBe("placement");
    const html = read("p", "report.html").replaceAll("&#39;", "'");
    for (const { claim } of claims) expect(html).toContain(claim);
    expect(html).toContain("<h3>Dropout before BatchNorm</h3>");
    expect(JSON.parse(read("p", "study.json")).options.ask).toBe("placement");
  });

  test("is gone on with as it was asked, by threads that know its arms", async () => {
    await run([...asked, "--out", "a", "--no-report"]);
    const controller = new AbortController();
    tellEveryNetwork();
    await run([...asked, "--out", "b"], controller.signal, (text) => /^24\/54/.test(text) && controller.abort());
    const { context } = world({ cwd });
    await runStudy(undefined, { resume: "b", threads: 2, report: false, sampleSeed: 0 }, context, { newWorker });
    expect(read("b", "result.json")).toBe(read("a", "result.json"));
  });

  test("--json says what was asked, but for the usual question", async () => {
    const { out } = await run([...asked, "--json", "--no-report", "--rows", "none", "--dropout", "0", "--seeds", "2"]);
    const { ask, verdict, report } = JSON.parse(out);
    expect([ask, verdict]).toEqual(["placement", "undecided"]);
    expect(report.rows.map(({ arm }: { arm: { name: string } }) => arm.name)).toEqual([
      ...Array(2).fill("Linear, BatchNorm, ReLU"),
      ...Array(2).fill("Linear, ReLU, BatchNorm"),
    ]);
  });

  test("pooling: pictures from IDX files, gone on with as it began", async () => {
    fs.mkdirSync(join(cwd, "digits"));
    const header = (...shape: number[]) => [0, 0, 8, shape.length, ...shape.flatMap((length) => [0, 0, 0, length])];
    const pixels = Array.from({ length: 60 * 16 }, (_, i) => ((i >> 4) % 2 ? i % 4 : (i >> 2) % 4) * 60 + (i % 7));
    const labels = Array.from({ length: 60 }, (_, i) => i % 2);
    fs.writeFileSync(join(cwd, "digits", "train-images-idx3-ubyte"), Uint8Array.from([...header(60, 4, 4), ...pixels]));
    fs.writeFileSync(join(cwd, "digits", "train-labels-idx1-ubyte"), Uint8Array.from([...header(60), ...labels]));
    const pictures = [
      "study",
      "digits",
      "--ask",
      "pooling",
      "--seeds",
      "3",
      "--epochs",
      "2",
      "--lr",
      "0.01",
      "--hidden",
      "2",
    ];
    const { out, err, code } = await run([...pictures, "--details", "--threads", "1", "--out", "a"]);
    expect([err, code]).toEqual(["", 0]);
    expect(out).toMatch(/^Which head of a ConvNet tells class best \(binary\)\?/);
    expect(out).toContain("Table digits, 60 rows; predicted from 4 x 4 pixels");
    expect(out).toContain("heads of one ConvNet\n  global average pooling ");
    expect(out).toContain("Three claims about pooling");
    expect(out).toMatch(/gap +parameters/);
    expect(read("a", "report.html")).toContain("parameters</span></th>");
    const controller = new AbortController();
    const stop = (text: string) => /^8\/24/.test(text) && controller.abort();
    tellEveryNetwork();
    await run([...pictures, "--threads", "1", "--out", "b", "--no-report"], controller.signal, stop);
    await run(["study", "--resume", "b", "--threads", "1", "--no-report"]);
    expect(read("b", "result.json")).toBe(read("a", "result.json"));
  });

  test.each([["--ask"], ["small.csv", "--ask"]])("%s lists the questions", async (...given) => {
    const { out, err, code } = await run(["study", ...given]);
    expect([err, code]).toEqual(["", 0]);
    expect(out).toMatch(/^What a study can be asked, .*\n\n {2}normalization +does batch normalization help/);
    expect(out).toMatch(/\(the default\)\n {2}placement +/);
  });
});

describe("an interrupt", () => {
  /** Aborts while it writes this. */
  const interrupted = (pattern: RegExp) => {
    const controller = new AbortController();
    tellEveryNetwork();
    return run([...args, "--out", "b"], controller.signal, (text) => pattern.test(text) && controller.abort());
  };

  test("keeps what is finished, reports on whole seeds, and resuming gives the bytes of one go", async () => {
    await run([...args, "--out", "a"]);
    const { out, code } = await interrupted(/^12\/78 networks/);
    expect(code).toBe(130);
    expect(out).toMatch(
      /Interrupted after .*: 12 networks kept; 1 of 3\s+seeds\s+are\s+complete,\s+and\s+reported\s+on\./,
    );
    expect(out).toContain("Resume with: evenkeel study --resume b\n");
    expect(JSON.parse(read("b", "result.json"))).toMatchObject({ complete: false, plan: { seeds: [0] } });

    const resumed = await run(["study", "--resume", "b", "--threads", "1"]);
    expect(resumed.code).toBe(0);
    expect(resumed.out).toContain("12 networks of stage 1 of 2: learning rates are from an earlier run");
    expect(resumed.out).toContain("66 networks in ");
    expect(read("b", "result.json")).toBe(read("a", "result.json"));
  });

  test("with arms of a file, groups and a class of one row: goes on without the file, to the same bytes", async () => {
    const rows = Array.from({ length: 90 }, (_, i) => `p${i % 30},${Math.sin(i)},${i === 50 ? "solo" : "xy"[i % 2]}`);
    fs.writeFileSync(join(cwd, "classes.csv"), `person,a,k\n${rows.join("\n")}\n`);
    const arms = [
      { name: "usual", options: {} },
      { name: "SGD", options: { optimizer: "sgd" } },
      { scale: "raw", norm: "layer", dropout: 0 },
    ];
    fs.writeFileSync(join(cwd, "arms.json"), JSON.stringify(arms));
    const asked = [
      "study",
      "classes.csv",
      "--target",
      "k",
      "--arms",
      "arms.json",
      "--group",
      "person",
      "--rare-classes",
      "keep",
    ];
    const short = ["--seeds", "2", "--epochs", "2", "--lr", "0.01", "--hidden", "4", "--threads", "1", "--no-report"];
    const { out, code } = await run([...asked, ...short, "--out", "whole", "--details"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Which network predicts k better/);
    expect(out).toContain("3 arms (usual, SGD, raw+layer)");
    expect(out).toContain('the target "k" has a single row of "solo"');
    const controller = new AbortController();
    const stop = (text: string) => /^3\/\d+ networks/.test(text) && controller.abort();
    await run([...asked, ...short, "--out", "parts"], controller.signal, stop);
    fs.rmSync(join(cwd, "arms.json"));
    expect((await run(["study", "--resume", "parts", "--threads", "1", "--no-report"])).code).toBe(0);
    expect(read("parts", "result.json")).toBe(read("whole", "result.json"));
  });

  test("before a whole seed there is nothing to say", async () => {
    const { out, code } = await interrupted(/^3\/78 networks/);
    expect(code).toBe(130);
    expect(out).toMatch(/none\s+of\s+3\s+seeds\s+is\s+complete\s+yet/);
    expect(out).not.toMatch(/of 3$|undecided/m);
    expect(fs.existsSync(join(cwd, "b", "result.json"))).toBe(false);
  });

  test("a table that has changed is not gone on with", async () => {
    await interrupted(/^3\/78 networks/);
    fs.appendFileSync(join(cwd, "small.csv"), "0.1,2,3\n");
    const { err, code } = await run(["study", "--resume", "b"]);
    expect(err).toMatch(/^error: .*trials.jsonl holds trials of another table/);
    expect(code).toBe(2);
  });
});

describe("misuse is one message and exit code 2", () => {
  test.each<[string[], RegExp]>([
    [["study"], /^error: there is no table to read; name one/],
    [["study", "none.csv", "--target", "y"], /none\.csv/],
    [
      ["study", "small.csv"],
      /say which column to predict with --target; there are x, z, y\n\(--help lists the options\)\n$/,
    ],
    [["study", "small.csv", "--target", "why"], /"why"/],
    [["study", "small.csv", "--target", "y", "--lr", "0.1,fast"], /argument '0.1,fast' is invalid/],
    [["study", "small.csv", "--target", "y", "--lr", "0.1,0.1"], /^error: --lr has 0\.1 twice; leave one of them out/],
    [["study", "small.csv", "--target", "y", "--metric", "logLoss"], /^error: --metric is "logLoss"; for regression/],
    [
      ["study", "small.csv", "--target", "y", "--scales", "raw,log"],
      /Value 2 is "log", expected one of raw, zscore, robust, squash/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--seeds", "3,4", "--first-seed", "2"],
      /^error: --seeds lists the seeds, and --first-seed counts them from the first/,
    ],
    [["study", "small.csv", "--target", "y", "--threads", "257"], /whole number from 0 to 256/],
    [["study", "small.csv", "--target", "y", "--seed", "3"], /unknown option '--seed'[\s\S]*Did you mean --seeds/],
    [["study", "--resume", "nowhere"], /^error: there is no study in nowhere/],
    [
      ["study", "--resume", "latest", "--batch-size", "8"],
      /--resume goes on as the study began; leave --batch-size out/,
    ],
    [["study", "small.csv", "--ask", "plcement"], /^error: there is no question "plcement"\. Did you mean placement\?/],
    [
      ["study", "--ask", "mpg"],
      /^error: there is no question "mpg"\. The table stands first: evenkeel study mpg --ask/,
    ],
    [
      ["study", "small.csv", "--ask", "placement", "--norms", "none"],
      /--norms belongs to --ask normalization; leave it/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--norms", "none"],
      /nothing to compare: no arm has batch normalization; give/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--norms", "batch,layer"],
      /nothing to compare: every arm has a normalization; give/,
    ],
    [
      ["study", "small.csv", "--ask", "pooling"],
      /^error: there are no pictures in small\.csv: expected a folder for each class/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--norms", "none"],
      /^error: for the question normalization there is nothing to compare: no arm/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--arms", "zscore"],
      /^error: there is one arm, "z-score, no normalization", and/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--arms", "zscore+bacth,raw"],
      /^error: "bacth" of the arm "zscore\+bacth" is unknown; did you mean batch\?/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--arms", "none.json"],
      /^error: none\.json cannot be read: it does not exist/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--arms", "raw,zscore", "--norms", "none"],
      /^error: --norms and --arms exclude each other/,
    ],
    [
      ["study", "small.csv", "--ask", "width", "--arms", "raw,zscore"],
      /^error: --ask width has arms of its own; leave --arms out/,
    ],
    [["study", "small.csv", "--ask", "networks"], /^error: there is no question "networks"/],
    [
      ["study", "small.csv", "--ask", "width", "--dropout", "0.1"],
      /^error: --dropout belongs to --ask normalization and placement/,
    ],
    [
      ["study", "small.csv", "--target", "y", "--ask", "optimizer", "--optimizer", "sgd"],
      /values of their own for --optimizer; leave it out/,
    ],
    [["study", "small.csv", "--rgb"], /^error: --rgb belongs to --ask pooling; leave it out with --ask normalization/],
    [["study", "digits", "--ask", "pooling", "--no-header"], /^error: --header is about tables; leave it out with/],
    [["study", "digits", "--ask", "pooling", "--picture-size", "3x"], /Expected a size such as 28 or 32x48/],
    [["study", "small.csv", "--picture-size", "3"], /^error: --picture-size belongs to --ask pooling/],
    [["study", "digits", "--ask", "pooling", "--target", "y"], /^error: --target is about tables; leave it out with/],
    [["study", "--resume", "latest", "--ask", "placement"], /--resume goes on as the study began; leave --ask out/],
    [["study", "small.csv", "--target", "y", "--out", "."], /exists already; choose another folder/],
    [
      ["study", "small.csv", "--target", "y", "--arms", "object.json"],
      /^error: object\.json holds no list; give a list of arms: \[/,
    ],
    [["study", "small.csv", "--target", "y", "--arms", "broken.json"], /^error: broken\.json is no JSON: /],
    [
      ["study", "small.csv", "--target", "y", "--arms", "wrong.json"],
      /^error: options of the arm "wide": unknown option "network\.hiden", expected hidden/,
    ],
  ])("%j", async (given, message) => {
    fs.writeFileSync(join(cwd, "object.json"), "{}");
    fs.writeFileSync(join(cwd, "broken.json"), "[{]");
    const wide = { name: "wide", options: { network: { hiden: [4] } } };
    fs.writeFileSync(join(cwd, "wrong.json"), JSON.stringify([{ name: "usual", options: {} }, wide]));
    const { out, err, code } = await run(given);
    expect(err).toMatch(message);
    expect(err).not.toContain("    at ");
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("an unusable table: every error, and nothing is left behind", async () => {
    fs.writeFileSync(join(cwd, "flat.csv"), `x,y\n${Array.from({ length: 40 }, (_, i) => `${i % 7},1`).join("\n")}\n`);
    const { err, code } = await run(["study", "flat.csv", "--target", "y"]);
    expect(err).toMatch(/error: .*same value in every row/);
    expect(code).toBe(2);
    expect(fs.existsSync(join(cwd, "runs"))).toBe(false);
  });
});
