import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StudyData, TrialRun, TrialSpec } from "evenkeel/study";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { thisProcess } from "../../../shell/process.ts";
import { version } from "../../../shell/version.ts";
import { digestOf } from "../../studies/dataDigest.ts";
import type { Task } from "../types.ts";
import { FolderStudy } from "./folderStudy.ts";
import type { FolderWorker } from "./folderWorker.ts";
import { openFolderWorker } from "./openWorker.ts";

const table = tableFromRows(Array.from({ length: 20 }, (_, i) => ({ x: Math.sin(i), y: i % 7 })));
const data: StudyData = { table, schema: inferSchema(table, { target: "y" }) };
const head = {
  ...({ format: "evenkeel queue", version: 1, evenkeel: version, study: "s", data: digestOf(data) } as const),
  ...{ table: "t.csv", target: "y", networks: 3 },
};
/** Seconds. */
const lease = 0.4;
/** A process of another machine, of which only the heartbeat says anything. */
const elsewhere = { ...thisProcess(), host: "elsewhere", boot: "another", namespace: "another" };

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), "evenkeel-queue-"));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const open = (name = "study", options = {}) =>
  FolderStudy.open(root, { head, data, name, facts: { process: elsewhere, threads: 0 }, lease, ...options });
const enter = (name: string, rank = 0): Promise<FolderWorker> =>
  openFolderWorker(root, { names: () => [name], facts: { process: elsewhere, threads: 1 }, rank });
const tasks: Task[] = ["a", "b", "c"].map((id) => ({ id, spec: { id } as unknown as TrialSpec }));
const run = { msPerEpoch: 1 } as TrialRun;
const taken = async (worker: FolderWorker) => {
  await worker.look();
  return (await worker.take())?.id;
};
/** Lets time pass in which one worker gives signs of life and another looks. */
async function wait(seconds: number, beating: readonly FolderWorker[], looking: FolderWorker): Promise<void> {
  for (let i = 0; i < seconds * 20; i++) {
    await sleep(50);
    for (const one of beating) await one.beat();
    // Nobody may take anything meanwhile, so it only looks.
    await looking.look();
    looking.watch();
  }
}

test("no clock of a machine is read: those of others may differ by years", () => {
  const folders = ["..", "../../../actions/study/queue", "../../../actions/work"].map(
    (path) => new URL(path, import.meta.url),
  );
  const sources = folders.flatMap((folder) =>
    fs
      .readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /(?<!\.test|\.fixture)\.ts$/.test(name))
      .map((name) => fs.readFileSync(new URL(`${folder.href}/${name}`), "utf8")),
  );
  expect(sources.length).toBeGreaterThan(15);
  expect(sources.flatMap((text) => text.match(/\bDate\b|\b[mca]time(?:Ms)?\b/g) ?? [])).toEqual([]);
});

describe("a queue in a folder", () => {
  test("gives each task to one worker, in order, and to each of an array another first", async () => {
    const study = await open();
    const [first, second] = [await enter("first"), await enter("second", 7)];
    expect(await first.look()).toBe("open");
    expect(await first.take()).toBeUndefined();
    await study.offer(tasks);
    expect([await taken(second), await taken(first), await taken(second), await taken(first)]).toEqual([
      ...["b", "a", "c", undefined],
    ]);
    await first.deliver(tasks[0], run);
    expect(await study.deliveries()).toEqual([{ worker: "first", task: "a", run }]);
    expect(await study.deliveries()).toEqual([]);
    await study.close(true);
    expect(await first.look()).toBe("ended");
  });

  test("gives back what a silent worker has taken, and takes its late result too", async () => {
    const study = await open();
    await study.offer(tasks.slice(0, 1));
    const [slow, other] = [await enter("slow"), await enter("other")];
    expect(await taken(slow)).toBe("a");
    await wait(lease / 2, [], other);
    expect(await taken(other)).toBeUndefined();
    await wait(2 * lease, [slow], other);
    expect(await taken(other)).toBeUndefined();
    await wait(2 * lease, [], other);
    expect(await taken(other)).toBe("a");
    // It was only stopped.
    await slow.beat();
    await slow.deliver(tasks[0], run);
    expect(await taken(slow)).toBeUndefined();
    await other.deliver(tasks[0], run);
    expect((await study.deliveries()).map(({ worker }) => worker).sort()).toEqual(["other", "slow"]);
    await study.close(false);
  });

  test("does not give away what a worker delivered before it died", async () => {
    const study = await open();
    await study.offer(tasks.slice(0, 2));
    const [dead, other] = [await enter("dead"), await enter("other")];
    expect([await taken(dead), await taken(dead)]).toEqual(["a", "b"]);
    await dead.deliver(tasks[0], run);
    // The second line is torn.
    fs.appendFileSync(join(root, "results/dead.jsonl"), '{"task":"b","ru');
    await dead.leave();
    expect([await taken(other), await taken(other)]).toEqual(["b", undefined]);
    await study.close(false);
  });

  test("gives a claim without a name to another, once nobody has stood by it for the lease", async () => {
    const study = await open();
    await study.offer(tasks.slice(0, 1));
    const other = await enter("other");
    fs.writeFileSync(join(root, "claims/a.1"), "");
    expect(await taken(other)).toBeUndefined();
    await wait(2 * lease, [], other);
    expect(await taken(other)).toBe("a");
    expect(fs.readdirSync(join(root, "claims"))).toEqual(["a.1", "a.2"]);
    await study.close(false);
  });

  test("frees what a refused worker has taken, and gives a check only to others", async () => {
    const study = await open();
    await study.offer([tasks[0], { id: "b-check1", spec: tasks[1].spec, not: ["first"] }]);
    const [first, second] = [await enter("first"), await enter("second")];
    // Checks come first, where they may be taken.
    expect([await taken(first), await taken(second), await taken(second)]).toEqual(["a", "b-check1", undefined]);
    await study.refuse("first");
    expect([await first.look(), await taken(second)]).toEqual(["refused", "a"]);
    await study.done(["a", "b-check1"]);
    await study.offer([tasks[0]]);
    expect(await taken(second)).toBeUndefined();
    await study.close(false);
  });

  test("is heard from its latest study process, which tells an earlier one that it is", async () => {
    const first = await open();
    await first.offer(tasks.slice(0, 1));
    const worker = await enter("worker");
    expect(await taken(worker)).toBe("a");
    await first.close(false);
    const second = await open("study again");
    expect(await worker.look()).toBe("open");
    await second.offer(tasks.slice(1, 2));
    expect([await taken(worker), await taken(worker)]).toEqual(["b", undefined]);
    fs.writeFileSync(join(root, "owner-9.json"), JSON.stringify(elsewhere));
    await expect(second.deliveries()).rejects.toThrow(/another process has taken over the queue in /);
    await second.close(true);
    expect(await worker.look()).toBe("open");
  });

  test("is not taken from a study process on another machine that gives signs of life", async () => {
    const first = await open();
    const [owner] = fs.readdirSync(root).filter((name) => name.startsWith("owner-"));
    fs.writeFileSync(join(root, "owner-2.json"), fs.readFileSync(join(root, owner)));
    fs.writeFileSync(join(root, "owner-2.json"), JSON.stringify(elsewhere));
    const beating = setInterval(() => first.own.beat(), 30);
    const waited: string[] = [];
    await expect(open("second", { onWait: (why: string) => waited.push(why) })).rejects.toThrow(
      /may still be running: process \d+ of the host elsewhere/,
    );
    clearInterval(beating);
    expect(waited).toEqual(["watching whether the study process on elsewhere still runs"]);
    const second = await open("second");
    await second.close(false);
    await first.close(false);
  });

  test("that is damaged, or a stranger's, is refused in a sentence, and leads out of no folder", async () => {
    const study = await open();
    const worker = await enter("worker");
    const board = join(root, "study-1.jsonl");
    const before = fs.readFileSync(board, "utf8");
    for (const line of [
      "[]",
      "null",
      '{"type":"offer"}',
      '{"type":"offer","tasks":[{"id":"../../x","spec":{}}]}',
      '{"a":',
      '"x"',
    ]) {
      fs.writeFileSync(join(root, "study-2.jsonl"), `${before}${line}\n`);
      await expect(worker.look(), line).rejects.toThrow(/study-2\.jsonl is damaged/);
      fs.rmSync(join(root, "study-2.jsonl"));
      await worker.look();
    }
    await study.offer(tasks.slice(0, 1));
    fs.writeFileSync(join(root, "claims/a.1"), "../../secret\n");
    expect(await taken(worker)).toBeUndefined();
    await study.close(false);
  });

  test("names its workers, and those that are silent or have left", async () => {
    const study = await open();
    const workers = [await enter("constructor"), await enter("__proto__"), await enter("gone")];
    await workers[2].leave();
    const lives = async () => new Map((await study.workers()).map(({ name, life }) => [name, life]));
    expect(await lives()).toEqual(
      new Map([
        ["study", "alive"],
        ["constructor", "alive"],
        ["__proto__", "alive"],
        ["gone", "left"],
      ]),
    );
    for (let i = 0; i < 2 * lease * 20; i++) {
      await sleep(50);
      await workers[1].beat();
      await lives();
    }
    expect((await lives()).get("constructor")).toBe("silent");
    expect((await lives()).get("__proto__")).toBe("alive");
    await expect(enter("gone")).rejects.toThrow(/every name for a worker is taken/);
    await study.close(false);
  });
});
