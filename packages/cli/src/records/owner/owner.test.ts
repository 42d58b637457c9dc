import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { thisProcess } from "../../shell/process.ts";
import { Ownership, ownerOf } from "./owner.ts";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "evenkeel-owner-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const files = () => fs.readdirSync(folder).sort();
const claim = (takeOver = false) => Ownership.claim(folder, "the run x", { takeOver });
const writeOwner = (mark: object, number = 1) =>
  fs.writeFileSync(join(folder, `owner-${number}.json`), JSON.stringify(mark));

describe("the owner of a folder", () => {
  test("is one at a time, until the folder is released", () => {
    expect(ownerOf(folder)).toBeUndefined();
    const first = claim();
    expect(ownerOf(folder)).toEqual({ mark: thisProcess(), life: "alive" });
    for (const takeOver of [false, true]) {
      expect(() => claim(takeOver)).toThrow(`the run x is still running, in process ${process.pid}; wait for it`);
    }
    first.release();
    expect(ownerOf(folder)?.life).toBe("dead");
    const second = claim();
    second.settle();
    expect(files()).toEqual(["owner-2.json"]);
    expect([first.isLatest, second.isLatest]).toEqual([false, true]);
    first.release();
    second.abandon();
    expect(ownerOf(folder)?.life).toBe("alive");
    second.release();
    expect(ownerOf(folder)?.life).toBe("dead");
  });

  test("that did nothing leaves the folder as it was", () => {
    writeOwner({ ...thisProcess(), ended: "2026-01-01T00:00:00Z" }, 7);
    const before = fs.readFileSync(join(folder, "owner-7.json"));
    claim().abandon();
    expect(files()).toEqual(["owner-7.json"]);
    expect(fs.readFileSync(join(folder, "owner-7.json"))).toEqual(before);
  });

  test("that cannot be seen, or read, is taken over by word", () => {
    writeOwner({ pid: 7, host: "another machine", boot: "another" });
    expect(() => claim()).toThrow(
      "the run x may still be running: process 7 of the host another machine, which cannot be checked from here; if it has ended, take it over with --take-over",
    );
    const owner = claim(true);
    expect(ownerOf(folder)).toMatchObject({ mark: { pid: process.pid }, life: "alive" });
    owner.abandon();
    for (const damaged of ["", "null", "{}", '{"pid":"1","host":"x"}', '{"pid":1,"host":{}}']) {
      fs.writeFileSync(join(folder, "owner-1.json"), damaged);
      expect(() => claim(), damaged).toThrow(/its owner cannot be read.*--take-over/);
    }
    claim(true).release();
  });

  test("with the highest number is said, not counted on for ever", () => {
    const ended = { ...thisProcess(), ended: "2026-01-01T00:00:00Z" };
    writeOwner(ended, 999_999_999);
    for (const takeOver of [false, true]) {
      expect(() => claim(takeOver)).toThrow(
        /owner-999999999\.json has the highest number that an owner can have; delete it/,
      );
    }
    expect(files()).toEqual(["owner-999999999.json"]);
    // Names that the command never writes are no owners.
    fs.renameSync(join(folder, "owner-999999999.json"), join(folder, "owner-007.json"));
    expect(ownerOf(folder)).toBeUndefined();
  });

  test("leaves nothing half-written to the next one", () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const left = (owner: number, name = "owner-1.json") => `.${name}.${hostname()}~${owner}~0.tmp`;
    const names = [left(pid), left(pid, "model.safetensors"), left(process.ppid), ".mine.tmp"];
    for (const name of names) fs.writeFileSync(join(folder, name), "");
    const owner = claim();
    expect(files()).toEqual([left(process.ppid), ".mine.tmp", "owner-1.json"].sort());
    owner.release();
  });

  test("was killed: another takes over, and of several at once only one", { timeout: 30_000 }, async () => {
    const program = join(folder, "claim.mts");
    const source = fileURLToPath(new URL("./owner.ts", import.meta.url));
    fs.writeFileSync(
      program,
      `import { createInterface } from "node:readline";
import { Ownership } from ${JSON.stringify(source)};
console.log("ready");
for await (const folder of createInterface({ input: process.stdin })) {
  try {
    Ownership.claim(folder, "the run x").settle();
    console.log("mine");
  } catch (error) {
    console.log(error.problem?.code ?? error.stack);
  }
}
`,
    );
    const root = fileURLToPath(new URL("../../../../..", import.meta.url));
    const start = async () => {
      const child = spawn(process.execPath, ["--import", "tsx", program], { cwd: root, stdio: "pipe" });
      child.stderr.pipe(process.stderr);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe("ready");
      const ask = async (path: string) => {
        child.stdin.write(`${path}\n`);
        return String((await lines.next()).value);
      };
      return { child, ask };
    };
    const kill = async (child: ChildProcess) => {
      child.kill("SIGKILL");
      await once(child, "exit");
    };
    const children = await Promise.all([start(), start(), start()]);
    try {
      const [first, ...others] = children;
      const places = Array.from({ length: 40 }, (_, i) => join(folder, `run ${i}`));
      for (const place of places) {
        fs.mkdirSync(place);
        expect(await first.ask(place)).toBe("mine");
      }
      expect(ownerOf(places[0])).toMatchObject({ mark: { pid: first.child.pid }, life: "alive" });
      expect(await others[0].ask(places[0])).toBe("conflict");
      await kill(first.child);
      for (const place of places) {
        const said = await Promise.all(others.map(({ ask }) => ask(place)));
        expect(said.sort()).toEqual(["conflict", "mine"]);
        expect(fs.readdirSync(place)).toEqual(["owner-2.json"]);
      }
    } finally {
      for (const { child } of children) child.kill("SIGKILL");
    }
  });
});
