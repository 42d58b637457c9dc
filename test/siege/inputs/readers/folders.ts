import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StudyFolder } from "../../../../packages/cli/src/records/studies/studyFolder.ts";
import { newTemporaryFolder } from "../../../../packages/cli/src/shell/files/temporaryFolder.ts";
import { packageOf } from "../../../../packages/eslint-plugin/src/packageOf.ts";
import { command } from "../command.ts";
import type { Kind, Reader, Seed } from "../reader.ts";
import type { Kept } from "../world.ts";

function kindOf(name: string): Kind {
  if (name.endsWith(".safetensors")) return "safetensors";
  return name.endsWith(".jsonl") ? "lines" : "json";
}

/** Files of a folder, each for each command. */
const files = (folder: Kept, names: readonly string[], lines: readonly string[]): Seed[] =>
  names.flatMap((name) =>
    lines.map((line): Seed => ({ name, kind: kindOf(name), bytes: folder.file(name), args: line.split(" ") })),
  );

/** Runs a command on a folder with the input in it, and puts the folder back. */
async function inFolder(folder: Kept, bytes: Uint8Array, { name, args = [] }: Seed, cwd: string) {
  writeFileSync(join(folder.path, name), bytes);
  try {
    return await command(args, cwd);
  } finally {
    folder.restore();
  }
}

/** Names that owners may have beside those that the command gives them. */
const ownerNames = ["owner-2.json", "owner-0.json", "owner-007.json", "owner-999999998.json"];

let numbers = 0;

export const folderReaders: readonly Reader[] = [
  {
    name: "run folder",
    weight: 3,
    seeds: ({ runs: [run] }) => [
      ...files(
        run,
        ["config.json", "result.json"],
        ["runs list", "runs list --json", "runs show a --json", "runs list --sort test.mae"],
      ),
      ...files(run, ["config.json", "result.json", "metrics.jsonl"], ["runs show a", "runs compare a b"]),
      ...files(run, ["owner-1.json"], ["runs list"]),
    ],
    read: (bytes, seed, { runs: [run], cwd }) => inFolder(run, bytes, seed, cwd),
  },
  {
    name: "evaluate run",
    weight: 0.3,
    seeds: ({ runs: [run] }) => [
      ...files(run, ["config.json", "result.json"], ["evaluate a --part test", "inspect a"]),
      ...files(run, ["model.safetensors"], ["predict a t.csv --limit 3", "inspect a"]),
    ],
    read: (bytes, seed, { runs: [run], cwd }) => inFolder(run, bytes, seed, cwd),
  },
  {
    name: "train --resume",
    weight: 0.3,
    seeds: ({ cut }) => [
      ...files(
        cut,
        ["config.json", "metrics.jsonl", "checkpoint.safetensors", "owner-1.json"],
        ["train --resume c --runs cut --no-report"],
      ),
      ...ownerNames.map((name) => ({
        ...files(cut, ["owner-1.json"], ["train --resume c --runs cut --no-report"])[0],
        name,
      })),
    ],
    read: (bytes, seed, { cut, cwd }) => inFolder(cut, bytes, seed, cwd),
  },
  {
    name: "study.json",
    weight: 3,
    seeds: ({ study }) => files(study, ["study.json", "owner-1.json"], [""]),
    read: (bytes, { name }, { study, cwd }) => {
      writeFileSync(join(study.path, name), bytes);
      try {
        StudyFolder.resume(join(cwd, "runs"), cwd, "study", { takeOver: true }).release();
        return undefined;
      } finally {
        study.restore();
      }
    },
  },
  {
    name: "study --resume",
    weight: 0.3,
    seeds: ({ study }) =>
      files(
        study,
        ["study.json", "trials.jsonl", "trials.jsonl", "owner-1.json"],
        ["study --resume study --no-report --threads 1"],
      ),
    read: (bytes, seed, { study, cwd }) => inFolder(study, bytes, seed, cwd),
  },
  {
    name: "temporary folder",
    weight: 0.7,
    seeds: ({ runs: [run] }) => files(run, ["owner-1.json"], [""]),
    read: async (bytes, _, { cwd }) => {
      const parent = join(cwd, "temporary");
      const stale = join(parent, "evenkeel-reading-x");
      mkdirSync(stale, { recursive: true });
      writeFileSync(join(stale, "process.json"), bytes);
      const before = process.env.TMPDIR;
      process.env.TMPDIR = parent;
      try {
        await newTemporaryFolder();
      } finally {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
        rmSync(parent, { recursive: true, force: true });
      }
      return undefined;
    },
  },
  {
    name: "package.json",
    weight: 1,
    seeds: () => [{ name: "package.json", kind: "json", bytes: Buffer.from('{"name":"evenkeel","version":"1.0.0"}') }],
    // A name of its own for each: names are remembered by folder.
    read: (bytes, { name }, { cwd }) => inPackage(bytes, name, cwd),
  },
];

function inPackage(bytes: Uint8Array, name: string, cwd: string): undefined {
  const folder = join(cwd, `package${numbers++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, name), bytes);
  packageOf(join(folder, "index.ts"));
  rmSync(folder, { recursive: true });
  return undefined;
}
