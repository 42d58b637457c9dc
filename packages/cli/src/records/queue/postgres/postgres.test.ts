import { setTimeout as sleep } from "node:timers/promises";
import type { StudyData, TrialRun, TrialSpec } from "evenkeel/study";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { thisProcess } from "../../../shell/process.ts";
import { version } from "../../../shell/version.ts";
import { digestOf } from "../../studies/dataDigest.ts";
import type { Task } from "../types.ts";
import { connect } from "./database.ts";
import { DatabaseStudy } from "./databaseStudy.ts";
import { openDatabaseWorker } from "./databaseWorker.ts";
import { noServer, type Server, startServer } from "./postgres.fixture.ts";

const missing = noServer();

const table = tableFromRows(Array.from({ length: 20 }, (_, i) => ({ x: Math.sin(i), y: i % 7 })));
const data: StudyData = { table, schema: inferSchema(table, { target: "y" }) };
const head = {
  ...({ format: "evenkeel queue", version: 1, evenkeel: version, study: "s", data: digestOf(data) } as const),
  ...{ table: "t.csv", target: "y", networks: 3 },
};
/** Seconds. */
const lease = 0.5;
const facts = { process: thisProcess(), threads: 1 };
const tasks: Task[] = ["a", "b", "c"].map((id) => ({ id, spec: { id, text: "\u0000'" } as unknown as TrialSpec }));
const run = { msPerEpoch: 1 } as TrialRun;

describe.skipIf(missing !== undefined)(`a queue in PostgreSQL${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: Server;
  let number = 0;
  let address: string;
  beforeAll(async () => {
    server = await startServer();
  }, 120_000);
  afterAll(() => server?.remove());
  beforeEach(() => {
    address = `${server.address}?queue=q${++number}`;
  });
  const open = (name = "study", options = {}) =>
    DatabaseStudy.open(address, { head, data, name, facts: { ...facts, threads: 0 }, lease, ...options });
  const enter = (name: string) => openDatabaseWorker(address, { names: () => [name], facts, rank: 0 });

  test("gives no task to two that ask at once", async () => {
    const study = await open();
    const workers = await Promise.all(["first", "second", "third"].map((name) => enter(name)));
    const many = Array.from({ length: 60 }, (_, i) => ({ ...tasks[0], id: `task ${i}` }));
    await study.offer(many);
    const taken: string[] = [];
    const takeAll = async ({ take }: (typeof workers)[number]) => {
      for (let task = await take(); task !== undefined; task = await take()) taken.push(task.id);
    };
    await Promise.all(workers.map(takeAll));
    expect(taken.sort()).toEqual(many.map(({ id }) => id).sort());
    await study.close(true);
    await Promise.all(workers.map((worker) => worker.leave()));
  });

  test("gives each task to one worker, keeps the table, and tells of the end", async () => {
    const study = await open();
    const [first, second] = [await enter("first"), await enter("second")];
    expect(await first.data()).toEqual(data);
    expect([await first.look(), await first.take()]).toEqual(["open", undefined]);
    expect(first.lease()).toBe(lease);
    await study.offer(tasks);
    const taken = await Promise.all([first.take(), second.take()]);
    taken.push(...(await Promise.all([first.take(), second.take()])));
    expect(taken.flatMap((task) => task?.id ?? []).sort()).toEqual(["a", "b", "c"]);
    expect(taken.find((task) => task?.id === "b")).toEqual(tasks[1]);
    await Promise.all([first.deliver(tasks[0], run), first.deliver(tasks[1], run)]);
    expect(await study.deliveries()).toEqual([
      { worker: "first", task: "a", run },
      { worker: "first", task: "b", run },
    ]);
    expect(await study.deliveries()).toEqual([]);
    await study.close(true);
    expect(await first.look()).toBe("ended");
    await Promise.all([first.leave(), second.leave()]);
  });

  test("gives back what a silent worker has taken and not delivered, and takes its late result too", async () => {
    const study = await open();
    await study.offer(tasks.slice(0, 2));
    const [slow, other] = [await enter("slow"), await enter("other")];
    await other.look();
    const [first, second] = [await slow.take(), await slow.take()];
    expect([first?.id, second?.id]).toEqual(["a", "b"]);
    await slow.deliver(tasks[0], run);
    expect(await other.take()).toBeUndefined();
    await sleep(1.5 * lease * 1000);
    expect([(await other.take())?.id, await other.take()]).toEqual(["b", undefined]);
    await slow.beat();
    await slow.deliver(tasks[1], run);
    await other.deliver(tasks[1], run);
    expect((await study.deliveries()).map(({ worker, task }) => `${worker} ${task}`)).toEqual([
      ...["other b", "slow a", "slow b"],
    ]);
    await Promise.all([slow.leave(), other.leave(), study.close(false)]);
  });

  test("frees what a refused worker has taken, and gives a check only to others, first", async () => {
    const study = await open();
    await study.offer([tasks[0], { id: "b-check1", spec: tasks[1].spec, not: ["first"] }]);
    const [first, second] = [await enter("first"), await enter("second")];
    expect((await first.take())?.id).toBe("a");
    expect(await first.take()).toBeUndefined();
    expect(await second.take()).toEqual({ id: "b-check1", spec: tasks[1].spec, not: ["first"] });
    await study.refuse("first");
    expect([await first.look(), (await second.take())?.id]).toEqual(["refused", "a"]);
    await study.done(["a", "b-check1"]);
    expect((await study.workers()).map(({ name, life }) => [name, life])).toEqual([
      ["first", "alive"],
      ["second", "alive"],
      ["study", "alive"],
    ]);
    await Promise.all([first.leave(), second.leave(), study.close(false)]);
  });

  test("has one study process: one that lives is not replaced, one that is silent is, and then it ends", async () => {
    const first = await open();
    const beating = setInterval(() => void first.own.beat(), 30);
    await expect(open("second")).rejects.toThrow(
      /the study of the queue q\d+ in postgres:\S+ is still running, as study;/,
    );
    clearInterval(beating);
    const second = await open("third");
    await expect(first.deliveries()).rejects.toThrow(/another process has taken over the queue q\d+/);
    await first.close(true);
    const worker = await enter("worker");
    expect(await worker.look()).toBe("open");
    await Promise.all([worker.leave(), second.close(false)]);
    await expect(open("other", { head: { ...head, study: "t" } })).rejects.toThrow(
      /holds the queue of another study, about y of t\.csv/,
    );
  });

  test("is of one version, and waits for a server that starts again", async () => {
    const study = await open();
    server.stop();
    const starting = sleep(500).then(() => server.start());
    await study.offer(tasks);
    await starting;
    const { query, queue, close } = await connect(address);
    await query("update evenkeel_queue set head = $2 where name = $1", [
      queue,
      JSON.stringify({ ...head, evenkeel: "9" }),
    ]);
    await close();
    await expect(enter("worker")).rejects.toThrow(/is of a study by evenkeel 9, and this is evenkeel/);
    await study.close(false);
  });

  test("a database that cannot be used is named, without the password", async () => {
    const url = new URL(address);
    Object.assign(url, { username: "me", password: "secret", pathname: "/nowhere" });
    const error: Error = await connect(url.href).catch((error) => error);
    expect(error.message).toMatch(/^cannot use the database postgres:\/\/me@127\.0\.0\.1:\d+\/nowhere: /);
    url.port = "1";
    await expect(connect(url.href)).rejects.toThrow(/^cannot use the database .*ECONNREFUSED/);
  });
});
