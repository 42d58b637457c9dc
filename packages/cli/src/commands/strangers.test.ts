import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shopRows } from "../../../../test/tableFixtures.ts";
import { runLine } from "./run.fixture.ts";

let cwd: string;
beforeEach(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-strangers-"));
  const rows = shopRows(60).map(({ size, price }) => `${size},${price}`);
  fs.writeFileSync(join(cwd, "shop.csv"), `size,price\n${rows.join("\n")}\n`);
  fs.writeFileSync(join(cwd, "secret.csv"), `size,price\n${rows.toReversed().join("\n")}\n`);
});
afterEach(() => fs.rmSync(cwd, { recursive: true, force: true }));

const run = (...args: string[]) => runLine(args, { cwd });
const sql = "select * from 'shop.csv' where size is not null";

interface Recorded {
  sql: string;
  sources?: unknown;
  trustSql?: boolean;
}

/** Changes what a file of a folder in runs says about reading. */
function change(file: "config.json" | "study.json", edit: (read: Recorded) => void): void {
  const [id] = fs.readdirSync(join(cwd, "runs"));
  const path = join(cwd, "runs", id, file);
  const record = JSON.parse(fs.readFileSync(path, "utf8"));
  edit(file === "study.json" ? record.read : record.recipe.read);
  fs.writeFileSync(path, JSON.stringify(record));
}

const made = () => join(cwd, "made.csv");
const attacks: readonly (readonly [what: string, edit: (read: Recorded) => void, message: RegExp])[] = [
  [
    "closes the brackets around it",
    (read) => {
      read.sql = `select 1 as a) ; copy (select 1) to '${made()}'; select * from (${sql}`;
    },
    /--sql: syntax error/,
  ],
  [
    "logs into a file",
    (read) => {
      read.sql = `select * from enable_logging('QueryLog', storage='file', storage_config={'path': '${made()}'})`;
    },
    /--sql: the query calls enable_logging/,
  ],
  [
    "reads another file",
    (read) => {
      read.sql = "select * from 'secret.csv'";
      read.trustSql = true;
    },
    /the recorded query names secret\.csv, which is not a file that the record lists/,
  ],
  [
    "computes a name",
    (read) => {
      read.sql = "select * from read_csv('secr' || 'et.csv')";
    },
    /the query may not open secret\.csv/,
  ],
  [
    "lists no files",
    (read) => {
      delete read.sources;
    },
    /the recorded query names shop\.csv/,
  ],
];

/** Puts a link or a pipe in the place of a file while something is tried. */
async function replaced(path: string, make: (path: string) => void, attempt: () => Promise<void>): Promise<void> {
  const kept = fs.existsSync(path) ? fs.readFileSync(path) : undefined;
  fs.rmSync(path, { force: true });
  make(path);
  await attempt();
  fs.rmSync(path);
  if (kept !== undefined) fs.writeFileSync(path, kept);
}

describe("a folder that somebody sent: its files", () => {
  test("are written only where they are its own", { timeout: 30_000 }, async () => {
    const line = "-t price --recipe simple --epochs 1 --schedule none --no-refit";
    expect((await run("train", "shop.csv", ...line.split(" "))).code).toBe(0);
    const [id] = fs.readdirSync(join(cwd, "runs"));
    const fileOf = (name: string) => join(cwd, "runs", id, name);
    const whole = Object.fromEntries(
      fs.readdirSync(join(cwd, "runs", id)).map((name) => [name, fs.readFileSync(fileOf(name))]),
    );
    const victim = join(cwd, "victim");
    for (const name of [
      "report.html",
      "metrics.jsonl",
      "model.safetensors",
      "result.json",
      "config.json",
      ".owner-2.1.tmp",
    ]) {
      const content = whole[name] ?? Buffer.from("of the user");
      for (const exists of whole[name] === undefined ? [true] : name === "report.html" ? [true, false] : [true]) {
        if (exists) fs.writeFileSync(victim, content);
        else fs.rmSync(victim);
        await replaced(
          fileOf(name),
          (path) => fs.symlinkSync(victim, path),
          async () => {
            const { code, err } = await run("train", "--resume", "latest", "--epochs", "2");
            expect([name, code, err]).toEqual([
              name,
              2,
              expect.stringContaining(`the run ${id} holds a symbolic link, ${name}, and is only continued where`),
            ]);
          },
        );
        expect(fs.existsSync(victim) && fs.readFileSync(victim).equals(content)).toBe(exists);
      }
    }
    expect(fs.readdirSync(join(cwd, "runs", id)).toSorted()).toEqual(Object.keys(whole).toSorted());
    expect((await run("train", "--resume", "latest", "--epochs", "2")).code).toBe(0);
  });

  test.skipIf(process.platform === "win32")("that are pipes are not waited for", { timeout: 30_000 }, async () => {
    expect(
      (await run("train", "shop.csv", ..."-t price --recipe simple --epochs 1 --no-refit --no-report".split(" "))).code,
    ).toBe(0);
    const [id] = fs.readdirSync(join(cwd, "runs"));
    const pipe = (path: string) => execFileSync("mkfifo", [path]);
    for (const name of ["config.json", "result.json"]) {
      await replaced(join(cwd, "runs", id, name), pipe, async () => {
        expect(await run("runs", "list")).toMatchObject({
          code: 0,
          out: expect.stringContaining(`${name} is a pipe or a device`),
        });
      });
    }
    await replaced(join(cwd, "runs", id, "config.json"), pipe, async () => {
      const { code, err } = await run("train", "--resume", "latest");
      expect([code, err]).toEqual([
        2,
        expect.stringMatching(/^error: no run can be read; `evenkeel runs list` says why/),
      ]);
    });
    await replaced(join(cwd, "runs", id, "metrics.jsonl"), pipe, async () => {
      expect((await run("runs", "show", "latest")).err).toBe("metrics.jsonl is a pipe or a device\n");
    });
    await replaced(join(cwd, "runs", id, "study.json"), pipe, async () => {
      expect(await run("study", "--resume", "latest")).toMatchObject({ code: 2 });
    });
  });
});

describe("a folder that somebody sent: its query", () => {
  test("of a run reads what the record lists, and does nothing else", { timeout: 30_000 }, async () => {
    const line = "-t price --recipe simple --epochs 1 --schedule none --no-refit --no-report";
    const started = await run("train", "--sql", sql, ...line.split(" "));
    expect(started.code).toBe(0);
    const whole = await run("evaluate", "latest", "--part", "test");
    expect(whole).toMatchObject({ code: 0, out: expect.stringMatching(/MAE/) });
    for (const [what, edit, message] of attacks) {
      let before: Recorded | undefined;
      change("config.json", (read) => {
        before = structuredClone(read);
        edit(read);
      });
      for (const line of ["evaluate latest --part test", "train --resume latest --epochs 2"]) {
        const { code, err } = await run(...line.split(" "));
        expect([what, code, err]).toEqual([what, 2, expect.stringMatching(message)]);
      }
      change("config.json", (read) => {
        delete read.trustSql;
        Object.assign(read, before);
      });
    }
    expect(fs.existsSync(made())).toBe(false);
    expect(await run("evaluate", "latest", "--part", "test")).toEqual(whole);
    change("config.json", (read) => {
      delete read.sources;
    });
    expect(await run("evaluate", "latest", "--part", "test", "--trust-sql")).toEqual(whole);
  });

  test("of a study too", { timeout: 30_000 }, async () => {
    const line = ["-t", "price", "--quick", "--seeds", "1", "--epochs", "1", "--threads", "1", "--no-report"];
    const controller = new AbortController();
    const onWrite = () => controller.abort();
    const begun = await runLine(["study", "--sql", sql, ...line], { cwd, signal: controller.signal, onWrite });
    expect(begun).toMatchObject({ code: 130, err: "" });
    const [id] = fs.readdirSync(join(cwd, "runs"));
    const victim = join(cwd, "victim");
    await replaced(
      join(cwd, "runs", id, "trials.jsonl"),
      (path) => fs.symlinkSync(victim, path),
      async () => {
        const { code, err } = await run("study", "--resume", "latest");
        expect([code, err]).toEqual([2, expect.stringContaining("holds a symbolic link, trials.jsonl, and is only")]);
        expect(fs.existsSync(victim)).toBe(false);
      },
    );
    for (const [what, edit, message] of attacks) {
      let before: Recorded | undefined;
      change("study.json", (read) => {
        before = structuredClone(read);
        edit(read);
      });
      const { code, err } = await run("study", "--resume", "latest");
      expect([what, code, err]).toEqual([what, 2, expect.stringMatching(message)]);
      change("study.json", (read) => {
        Object.assign(read, before);
      });
    }
    expect(fs.existsSync(made())).toBe(false);
  });
});
