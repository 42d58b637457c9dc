import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { thisProcess } from "../../shell/process.ts";
import { StudyFolder } from "./studyFolder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evenkeel-study-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const study = {
  command: ["study", "mpg"],
  source: "mpg",
  read: { sampleSeed: 0, columns: ["mpg", "weight"], pictureSize: [4, 6] },
  table: { source: "mpg", rows: 398, columns: 8 },
  schema: { target: "mpg", ignore: ["name"] },
  options: { seeds: [1, 2], lrs: [0.01] },
} as const;

test("a study is read as it was written", () => {
  const created = StudyFolder.create(folder, undefined, study);
  const { path, config } = created;
  const resume = (takeOver = false) => StudyFolder.resume(folder, folder, path, { takeOver });
  expect(() => resume()).toThrow(/the study in .* is still running, in process \d+; wait for it, or end it/);
  created.release();
  // A record without a list of files lets its query read none.
  expect(resume().config).toEqual({ ...config, read: { ...config.read, sources: [] } });
  writeFileSync(join(path, "owner-3.json"), JSON.stringify({ pid: 7, host: "another machine" }));
  expect(() => resume()).toThrow(/may still be running: process 7 of the host another machine.*--take-over/);
  resume(true).release();
});

test("a folder may be named again in which a study was killed as it began", () => {
  const out = join(folder, "s");
  const { pid } = spawnSync(process.execPath, ["--version"]);
  mkdirSync(out);
  writeFileSync(join(out, "owner-1.json"), JSON.stringify({ ...thisProcess(), pid }));
  writeFileSync(join(out, `.study.json.${hostname()}~${pid}~0.tmp`), '{"format"');
  writeFileSync(join(out, "notes.txt"), "mine");
  expect(() => StudyFolder.create(folder, out, study)).toThrow(/s exists already; choose another folder with --out/);
  rmSync(join(out, "notes.txt"));
  StudyFolder.create(folder, out, study).release();
  expect(readdirSync(out).filter((name) => name.startsWith("."))).toEqual([]);
  expect(() => StudyFolder.create(folder, out, study)).toThrow(/holds a study/);
});

test.each([
  ["the time", "started", "yesterday", /study\.json is damaged: started: .*datetime/],
  ["a flag", "read", { sampleSeed: 0, limit: -1 }, /study\.json is damaged: read\.limit: /],
  ["the target", "schema", {}, /study\.json is damaged: schema\.target: /],
  ["an option of the columns", "schema", { target: "mpg", ignore: 3 }, /study\.json is damaged: schema\.ignore: /],
  ["the options", "options", [], /study\.json is damaged: options: expected an object/],
])("the file and the key of %s that is damaged are named", (_, key, value, message) => {
  const { path } = StudyFolder.create(folder, undefined, study);
  const file = join(path, "study.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), [key]: value }));
  expect(() => StudyFolder.resume(folder, folder, path)).toThrow(message);
});
