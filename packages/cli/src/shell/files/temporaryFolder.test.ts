import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { thisProcess } from "../process.ts";
import { newTemporaryFolder } from "./temporaryFolder.ts";

let parent: string;
beforeEach(() => {
  parent = fs.mkdtempSync(join(tmpdir(), "evenkeel-temporary-"));
  vi.stubEnv("TMPDIR", parent);
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(parent, { recursive: true, force: true });
});

test("removes the folders of dead processes, and nothing else", async () => {
  const mine = await newTemporaryFolder();
  const make = (name: string, mark: unknown) => {
    fs.mkdirSync(join(parent, name));
    fs.writeFileSync(join(parent, name, "0"), "rows of somebody");
    fs.writeFileSync(join(parent, name, "process.json"), typeof mark === "string" ? mark : JSON.stringify(mark));
  };
  const dead = { ...thisProcess(), pid: spawnSync(process.execPath, ["--version"]).pid };
  make("evenkeel-reading-dead", dead);
  make("evenkeel-reading-alive", thisProcess());
  make("evenkeel-reading-elsewhere", { pid: 7, host: "another machine" });
  make("evenkeel-reading-damaged", "{");
  make("evenkeel-reading-null", null);
  make("another-dead", dead);
  fs.symlinkSync("another-dead", join(parent, "evenkeel-reading-link"));
  fs.writeFileSync(join(parent, "evenkeel-reading-file"), "");
  const next = await newTemporaryFolder();
  expect(
    fs
      .readdirSync(parent)
      .map((name) => join(parent, name))
      .sort(),
  ).toEqual(
    [
      ...[mine, next],
      ...["alive", "elsewhere", "damaged", "null", "link", "file"].map((name) =>
        join(parent, `evenkeel-reading-${name}`),
      ),
      join(parent, "another-dead"),
    ].sort(),
  );
  expect(fs.readdirSync(join(parent, "another-dead"))).toHaveLength(2);
});

test("removes those that were killed before their mark was whole, by their names", async () => {
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  const make = (host: string, pid: number, mark?: string) => {
    const name = `evenkeel-reading-${host}~${pid}~aBc${fs.readdirSync(parent).length}`;
    fs.mkdirSync(join(parent, name));
    if (mark !== undefined) fs.writeFileSync(join(parent, name, "process.json"), mark);
    return name;
  };
  for (const mark of [undefined, "", '{"pid":']) make(hostname(), dead, mark);
  const kept = [make(hostname(), process.ppid), make(hostname(), process.ppid, "{"), make("elsewhere", dead)];
  const mine = basename(await newTemporaryFolder());
  expect(mine.startsWith(`evenkeel-reading-${hostname()}~${process.pid}~`)).toBe(true);
  expect(fs.readdirSync(parent).sort()).toEqual([...kept, mine].sort());
});

test("a copy of standard input, whose reader was killed, is gone after the next reading", async () => {
  const source = fileURLToPath(new URL("../../tables/readTable.ts", import.meta.url));
  const program = join(parent, "read.mts");
  fs.writeFileSync(program, `import { readTable } from ${JSON.stringify(source)}; await readTable("-");\n`);
  const root = fileURLToPath(new URL("../../../../..", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    cwd: root,
    stdio: ["pipe", "inherit", "inherit"],
  });
  child.stdin?.write("private,rows\n1,2\n");
  const copies = () =>
    fs
      .readdirSync(parent)
      .filter((name) => name.startsWith("evenkeel-reading-") && fs.existsSync(join(parent, name, "0")));
  await vi.waitFor(() => expect(copies()).toHaveLength(1), { timeout: 20_000 });
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(copies()).toHaveLength(1);
  await newTemporaryFolder();
  expect(copies()).toHaveLength(0);
}, 30_000);
