import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeAtomic } from "./writeAtomic.ts";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "evenkeel-atomic-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const mode = (path: string) => fs.statSync(path).mode & 0o777;

describe("writeAtomic", () => {
  test("writes text and bytes, over what was there", () => {
    const path = join(folder, "a.json");
    writeAtomic(path, "first, and longer");
    writeAtomic(path, "second");
    expect(fs.readFileSync(path, "utf8")).toBe("second");
    writeAtomic(path, new Uint8Array([0, 255]).subarray(1));
    expect([...fs.readFileSync(path)]).toEqual([255]);
    expect(fs.readdirSync(folder)).toEqual(["a.json"]);
  });

  test("keeps permissions, and links as links", () => {
    const [path, link] = [join(folder, "a"), join(folder, "link")];
    fs.writeFileSync(path, "old", { mode: 0o600 });
    fs.symlinkSync("a", link);
    writeAtomic(link, "new");
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(path, "utf8")).toBe("new");
    expect(mode(path)).toBe(0o600);
  });

  test("a failed write leaves the old file and nothing else, and says why", () => {
    const path = join(folder, "a");
    fs.writeFileSync(path, "old");
    expect(() => writeAtomic(path, 5 as unknown as string)).toThrow(`cannot write ${path}: `);
    expect(fs.readFileSync(path, "utf8")).toBe("old");
    expect(fs.readdirSync(folder)).toEqual(["a"]);
    expect(() => writeAtomic(join(folder, "none", "a"), "x")).toThrow(/cannot write .*: its folder does not exist/);
    expect(() => writeAtomic(folder, "x")).toThrow(/cannot write .*: it is a folder/);
    expect(fs.readdirSync(folder)).toEqual(["a"]);
  });

  test("removes what killed processes left of this file, and nothing that may be alive or is another's", () => {
    const dead = 2 ** 22 + 1; // above the highest process id on Linux
    const names = {
      dead: `.a.${hostname()}~${dead}~0.tmp`,
      alive: `.a.${hostname()}~${process.ppid}~0.tmp`,
      elsewhere: `.a.other-machine~${dead}~0.tmp`,
      old: `.a.another-machine~${dead}~0.tmp`,
      otherFile: `.a.b.${hostname()}~${process.ppid}~0.tmp`,
      foreign: ".a.swp",
    };
    for (const name of Object.values(names)) fs.writeFileSync(join(folder, name), "");
    fs.utimesSync(join(folder, names.old), 0, 0);
    writeAtomic(join(folder, "a"), "x");
    expect(fs.readdirSync(folder).sort()).toEqual(
      ["a", names.alive, names.elsewhere, names.otherFile, names.foreign].sort(),
    );
  });
});

describe("60 kills with SIGKILL", () => {
  /**
   * A checkpoint that shows whether it is complete: a version and a length, then that number of
   * bytes, each with the version.
   */
  const child = `
    const { existsSync, readFileSync, writeSync } = require("node:fs");
    const { writeAtomic } = require("./writeAtomic.cjs");
    const path = process.argv[2];
    let version = existsSync(path) ? Number(readFileSync(path, "latin1").split("\\n", 1)[0]) : 0;
    for (;;) {
      version++;
      const content = Buffer.concat([Buffer.from(version + "\\n"), Buffer.alloc(50_000 + 400 * version, version + " ")]);
      writeSync(1, "begin " + version + "\\n");
      writeAtomic(path, content);
      writeSync(1, "done " + version + "\\n");
    }`;

  function versionOf(content: Buffer): number {
    const end = content.indexOf(10);
    const version = Number(content.subarray(0, end).toString());
    const body = Buffer.alloc(50_000 + 400 * version, `${version} `);
    expect(content.subarray(end + 1).equals(body), `version ${version} is whole`).toBe(true);
    return version;
  }

  /** The child's output until it ended; it is killed some milliseconds after its first write. */
  function killed(process: ChildProcess, delay: number): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = "";
      process.stdout?.on("data", (chunk) => {
        if (said === "") setTimeout(() => process.kill("SIGKILL"), delay);
        said += chunk;
      });
      process.on("error", reject);
      process.on("close", (code, signal) => {
        if (signal === "SIGKILL") resolve(said);
        else reject(new Error(`the child ended with ${code}`));
      });
    });
  }

  const last = (said: string, what: string) =>
    Number(
      said
        .match(new RegExp(`${what} (\\d+)\\n`, "g"))
        ?.at(-1)
        ?.slice(what.length) ?? 0,
    );

  /** Kills children that write one file, one after the other, and checks the file after each. */
  async function killOften(written: string, kills: number, milliseconds: number) {
    fs.mkdirSync(written);
    const path = join(written, "checkpoint.safetensors");
    let duringWrite = 0;
    let finished = 0;
    const deadline = performance.now() + milliseconds;
    for (let kill = 0; kill < kills && performance.now() < deadline; kill++) {
      const args = [join(folder, "child.cjs"), path];
      const said = await killed(
        spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] }),
        Math.random() * 16,
      );
      finished = Math.max(finished, last(said, "done"));
      expect(fs.readdirSync(written).length).toBeLessThanOrEqual(2);
      if (fs.readdirSync(written).some((name) => name.endsWith(".tmp"))) duringWrite++;
      if (!fs.existsSync(path)) {
        expect(finished).toBe(0);
        continue;
      }
      const version = versionOf(fs.readFileSync(path));
      expect(version).toBeGreaterThanOrEqual(finished);
      expect(version).toBeLessThanOrEqual(last(said, "begin"));
    }
    writeAtomic(path, "");
    expect(fs.readdirSync(written)).toEqual(["checkpoint.safetensors"]);
    return { duringWrite, finished };
  }

  test("after each the file is whole, and is the latest or the one before", { timeout: 90_000 }, async () => {
    const source = fs.readFileSync(new URL("./writeAtomic.ts", import.meta.url), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    fs.writeFileSync(join(folder, "writeAtomic.cjs"), outputText);
    fs.writeFileSync(join(folder, "child.cjs"), child);

    const lanes = await Promise.all(["a", "b"].map((lane) => killOften(join(folder, lane), 30, 40_000)));
    // Some kills hit a write, and some writes were finished. A busy machine may not reach all 60.
    for (const { duringWrite, finished } of lanes) {
      expect(duringWrite).toBeGreaterThan(0);
      expect(finished).toBeGreaterThan(0);
    }
  });
});
