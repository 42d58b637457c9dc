import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { StudyData } from "evenkeel/study";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { noServer, startServer } from "../records/queue/postgres/postgres.fixture.ts";
import { thisProcess } from "../shell/process.ts";
import { version } from "../shell/version.ts";
import { runLine, world } from "./run.fixture.ts";
import { runStudy } from "./runStudy.ts";
import { runWork } from "./runWork.ts";

let cwd: string;
const makeFolder = () => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-work-"));
  const rows = Array.from(
    { length: 80 },
    (_, i) => `${Math.sin(7 * i)},${(i * 13) % 11},${Math.cos(3 * i) + (i % 11)}`,
  );
  fs.writeFileSync(join(cwd, "small.csv"), `x,z,y\n${rows.join("\n")}\n`);
};
const removeFolder = () => fs.rmSync(cwd, { recursive: true, force: true });
beforeEach(makeFolder);
afterEach(removeFolder);

/** The sources are TypeScript, so a thread first needs the loader that the examples run with. */
const url = JSON.stringify(new URL("../actions/study/worker.ts", import.meta.url).href);
const newWorker = (workerData: StudyData) =>
  new Worker(`import("tsx/esm/api").then((tsx) => (tsx.register(), import(${url})))`, { eval: true, workerData });
/** The same, whose results are wrong by a unit of the last place. */
const lying = (workerData: StudyData) => {
  const worker = newWorker(workerData);
  const { on } = worker;
  worker.on = ((name: string, listen: (reply: unknown) => void) =>
    on.call(
      worker,
      name,
      (reply: { type?: string; run?: { result: { constant: { test: Record<string, number> } } } }) => {
        if (name === "message" && reply?.type === "run" && reply.run !== undefined) {
          const { test } = reply.run.result.constant;
          test.mae *= 1 + 2 ** -52;
        }
        listen(reply);
      },
    )) as typeof worker.on;
  worker.off = () => worker.removeAllListeners();
  return worker;
};

const flags = {
  ...{ target: "y", seeds: 3, epochs: 2, lr: [0.01, 0.03], hidden: [4], rows: [0.5], dropout: 0, report: false },
  ...{ scales: ["zscore"] as const, norms: ["none", "batch"] as const, epochFractions: [], rescale: [], sampleSeed: 0 },
};
const read = (folder: string, file: string) => fs.readFileSync(join(cwd, folder, file), "utf8");

/** A study, with what it wrote. */
async function study(given: object, signal?: AbortSignal) {
  const { written, context } = world({ cwd, signal });
  const { resume } = given as { resume?: string };
  const source = resume === undefined ? "small.csv" : undefined;
  await runStudy(source, { ...(resume === undefined ? flags : { report: false, sampleSeed: 0 }), ...given }, context, {
    newWorker,
  });
  return written;
}

/** A worker, with what it wrote and how it ended. */
async function worker(given: object = {}, { make = newWorker, place = "queue" } = {}) {
  const { written, context } = world({ cwd });
  let code: number | undefined;
  const exit = (given: number) => {
    code = given;
  };
  const environment = { SLURM_ARRAY_TASK_ID: "7" };
  await runWork(place, { threads: 1, ...given }, { ...context, environment, exit }, { newWorker: make });
  return { ...written, code };
}

/** What a study on one thread has for a result. */
let alone: string;
beforeAll(async () => {
  makeFolder();
  await study({ threads: 1, out: "alone" });
  alone = read("alone", "result.json");
  removeFolder();
}, 240_000);

describe("a study with workers", { timeout: 240_000 }, () => {
  test("has the bytes of a study on one thread, and workers leave when it has ended", async () => {
    fs.mkdirSync(join(cwd, "queue"));
    // The workers are there first.
    const workers = [worker(), worker({ json: true })];
    const { out } = await study({ threads: 1, workersFrom: "queue", lease: 5, out: "shared" });
    expect(read("shared", "result.json")).toBe(alone);
    expect(out).toMatch(/-t7-\d+-[0-9a-f]{4} trains too, on 1 thread/);
    const [first, second] = await Promise.all(workers);
    expect([first.code, second.code, first.err]).toEqual([0, 0, ""]);
    expect(first.out).toContain("waiting for a study: evenkeel study TABLE --workers-from queue\n");
    expect(first.out).toMatch(/works for a study of 24 networks about y of small\.csv, on 1/);
    expect(first.out).toMatch(/^The study has ended: \d+ networks? trained here/m);
    const { worker: name, status, trained } = JSON.parse(second.out);
    expect(name).toMatch(/-t7-/);
    expect([status, trained > 0]).toEqual(["ended", true]);
    // A trial stands once in the record.
    const ids = read("shared", "trials.jsonl")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => JSON.parse(line).result.spec.id);
    expect([ids.length, new Set(ids).size]).toEqual([24, 24]);
  });

  test("trains nothing itself with --threads 0, and says what nobody could check", async () => {
    const working = study({ threads: 0, workersFrom: "queue", lease: 5, out: "shared" });
    while (!fs.existsSync(join(cwd, "queue/queue.json"))) await new Promise((resolve) => setTimeout(resolve, 20));
    const { code } = await worker();
    const { err } = await working;
    expect(code).toBe(0);
    expect(err).toMatch(/^note: no other worker was there to check \S+; their results are used unchecked\n$/);
    expect(read("shared", "result.json")).toBe(alone);
    // The table came through the folder.
    expect(fs.readdirSync(join(cwd, "queue")).sort()).toEqual([
      ...["claims", "owner-1.json", "queue.json", "results", "study-1.jsonl", "table.bin", "workers"],
    ]);
  });

  test("names a worker that disagrees, refuses it, and has the right bytes all the same", async () => {
    fs.mkdirSync(join(cwd, "queue"));
    const liar = worker({}, { make: lying }).catch((error: Error) => error.message);
    const { out } = await study({ threads: 1, workersFrom: "queue", lease: 5, out: "shared" });
    expect(await liar).toMatch(/the study refuses the worker \S+-t7-\S+: a network that it trained differs/);
    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /warning: the worker \S+-t7-\S+ is refused: its result for .* Its networks are trained again/,
    );
    expect(read("shared", "result.json")).toBe(alone);
  });

  test("goes on from what its workers have delivered, even where its own record is lost", async ({ skip }) => {
    skip(process.env.WORKERS !== "all", "it trains for a quarter of a minute, as the siege does: WORKERS=all runs it");
    const controller = new AbortController();
    const begun = study({ threads: 1, workersFrom: "queue", lease: 1, out: "one" }, controller.signal);
    const delivered = () =>
      fs.existsSync(join(cwd, "one/trials.jsonl")) && read("one", "trials.jsonl").split("\n").length > 6;
    while (!delivered()) await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    const { out } = await begun;
    expect(out).toMatch(/Resume with: evenkeel study --resume one --workers-from queue\n/);
    const kept = read("one", "trials.jsonl").split("\n").length - 2;
    // The same study of another folder uses them.
    await study({ threads: 1, workersFrom: "queue", lease: 1, out: "two" });
    expect(read("two", "result.json")).toBe(alone);
    const lines = fs
      .readdirSync(join(cwd, "queue/results"))
      .map((name) => read("queue/results", name).trimEnd().split("\n").length);
    expect(kept).toBeGreaterThan(3);
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(24 + 4);
    await study({ resume: "one", threads: 1, workersFrom: "queue" });
    expect(read("one", "result.json")).toBe(alone);
  });
});

const missing = noServer();

describe.skipIf(missing !== undefined)(`through PostgreSQL${missing === undefined ? "" : ` (${missing})`}`, () => {
  test("a study has the same bytes, and keeps no password", { timeout: 180_000 }, async () => {
    const server = await startServer();
    try {
      const place = `${server.address.replace("evenkeel@", "evenkeel:secret@")}?queue=cars`;
      const working = worker({}, { place });
      const { out } = await study({ threads: 1, workersFrom: place, lease: 5, details: true, out: "shared" });
      expect((await working).code).toBe(0);
      expect(read("shared", "result.json")).toBe(alone);
      expect(out.replaceAll(/\s+/g, " ")).toMatch(
        /by the workers of postgres:\/\/evenkeel@127\.0\.0\.1:\d+\/postgres\?queue=cars/,
      );
      expect(out).not.toContain("secret");
    } finally {
      server.remove();
    }
  });
});

describe("what is refused", () => {
  const work = (...args: string[]) => runLine(["work", ...args], { cwd });
  const head = {
    ...{ format: "evenkeel queue", version: 1, evenkeel: version, study: "0", data: "0" },
    ...{ table: "other.csv", target: "price", networks: 3 },
  };
  const place = (given: object) => {
    fs.mkdirSync(join(cwd, "queue"), { recursive: true });
    fs.writeFileSync(join(cwd, "queue/queue.json"), JSON.stringify(given));
  };

  test("a worker of another version", async () => {
    place({ ...head, evenkeel: "9.9.9", version: 7 });
    const { err, code } = await work("queue");
    expect(err).toMatch(
      /queue\.json is of a study by evenkeel 9\.9\.9, and this is evenkeel \S+; all processes of a study need the same version/,
    );
    expect(code).toBe(2);
  });

  test("to wait for a study for longer than it was said", async () => {
    fs.mkdirSync(join(cwd, "queue"));
    const { out, err, code } = await work("queue", "--idle", "0.2");
    expect(out).toBe("waiting for a study: evenkeel study TABLE --workers-from queue\n");
    expect(err).toBe("error: no study has begun in queue within 0.2 seconds\n");
    expect(code).toBe(1);
  });

  test("a queue that is damaged, or of another study, or no queue", async () => {
    place({ ...head, networks: -1 });
    expect((await work("queue")).err).toMatch(/queue\.json is damaged: networks: /);
    place(head);
    const studied = (from: string) =>
      runLine(["study", "small.csv", "--target", "y", "--workers-from", from, "--seeds", "2", "--epochs", "1"], {
        cwd,
      });
    const other = await studied("queue");
    expect(other.err).toMatch(
      /queue holds the queue of another study, about price of other\.csv; give --workers-from another place/,
    );
    expect([other.code, fs.existsSync(join(cwd, "runs"))]).toEqual([2, false]);
    fs.mkdirSync(join(cwd, "mine"));
    fs.writeFileSync(join(cwd, "mine/notes.txt"), "");
    expect((await studied("mine")).err).toMatch(/mine is there and holds no queue; give --workers-from a new folder/);
    expect(fs.readdirSync(join(cwd, "mine"))).toEqual(["notes.txt"]);
  });

  test("a second study process, until the first has ended", { timeout: 240_000 }, async () => {
    const first = new AbortController();
    const begun = study({ threads: 1, workersFrom: "queue", out: "one" }, first.signal);
    while (!fs.existsSync(join(cwd, "queue/study-1.jsonl"))) await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(study({ threads: 1, workersFrom: "queue", out: "two" })).rejects.toThrow(
      /the study of the queue in .*queue is still running, in process \d+/,
    );
    expect(fs.existsSync(join(cwd, "two"))).toBe(false);
    first.abort();
    await begun;
    // One on another machine is watched instead.
    const owner = { ...thisProcess(), host: "elsewhere", boot: "another", namespace: "another" };
    fs.writeFileSync(join(cwd, "queue/owner-1.json"), JSON.stringify(owner));
    await study({ threads: 1, workersFrom: "queue", lease: 0.5, out: "three" });
  });
});
