import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { usualRuns } from "../../records/runs/runsFolder.ts";
import { runFiles } from "../../records/runs/types.ts";
import { printable } from "../../shell/printed.ts";
import { builtinNames } from "../../tables/builtin.ts";
import { correctedScript } from "./completionScript.ts";

/** Files that arguments called so may be. */
const endings: Readonly<Record<string, RegExp>> = {
  table: /\.(?:csv|tsv|tab|txt|json|jsonl|ndjson|parquet|pq)(?:\.gz|\.zst)?$/i,
  model: /\.safetensors$/i,
};
/** Options whose values are files or folders. */
const namesFiles: ReadonlySet<string> = new Set(["output", "out", "runs", "dir", "table", "workers-from"]);
/** Enough to choose from. */
const mostFiles = 200;

/**
 * Adds `complete SHELL`, which prints a script for bash, zsh, fish or PowerShell, and
 * `complete -- …`, which such a script asks what could come next: commands, options, their choices,
 * built-in tables, ids of runs, files. To be called when all other commands are there, and only for
 * a command line that begins with `complete`.
 */
export async function addCompletion(
  program: CommandUnknownOpts,
  { cwd, args }: { readonly cwd: string; readonly args: readonly string[] },
): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  // The types of extra-typings are those of commander, but say more.
  const root = tab(program as unknown as Parameters<typeof tab>[0]);
  // Of the class: the package has one root, which an earlier call may have been here for.
  const { setup } = Object.getPrototypeOf(root) as typeof root;
  root.setup = (name, executable, shell) => {
    // The package only prints it.
    const { log } = console;
    console.log = (script: string) => log(correctedScript(shell, script));
    try {
      setup.call(root, name, executable, shell);
    } finally {
      console.log = log;
    }
  };
  const word = args.at(-1) ?? "";
  for (const command of root.commands.values()) {
    for (const argument of command.arguments.values()) {
      argument.handler ??= (complete) => {
        for (const [value, description] of suggestions(argument.name, word, cwd)) complete(value, description);
      };
    }
    for (const [name, option] of command.options) {
      if (!namesFiles.has(name)) continue;
      option.handler = (complete) => {
        const files = name === "table" ? suggestions(name, word, cwd) : filesFor(word, cwd, /./);
        for (const [value, description] of files) complete(value, description);
      };
    }
  }
}

type Suggestion = readonly [value: string, description: string];

function suggestions(argument: string, word: string, cwd: string): Suggestion[] {
  switch (argument) {
    case "table":
      return [
        ...builtinNames.map((name): Suggestion => [name, "built-in table"]),
        ...filesFor(word, cwd, endings.table),
      ];
    case "model":
      return [...runsIn(cwd, hasModel), ...filesFor(word, cwd, endings.model)];
    case "id":
      return runsIn(cwd, isRun);
    case "place":
      return queuesIn(word, cwd);
    default:
      return [];
  }
}

function runsIn(cwd: string, isWanted: (folder: string) => boolean): Suggestion[] {
  const ids = entriesOf(join(cwd, usualRuns)).filter(
    (entry) => entry.isDirectory() && isWanted(join(cwd, usualRuns, entry.name)),
  );
  return ids.length === 0
    ? []
    : [["latest", "the newest run"], ...ids.map(({ name }): Suggestion => [name, "run"]).reverse()];
}

/** Folders of queues, here or in the folder that the word names. */
function queuesIn(word: string, cwd: string): Suggestion[] {
  const before = word.slice(0, word.lastIndexOf("/") + 1);
  return entriesOf(resolve(cwd, before === "" ? "." : before))
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(word.slice(before.length)))
    .filter(({ name }) => existsSync(join(resolve(cwd, before), name, "queue.json")))
    .map(({ name }): Suggestion => [`${before}${name}`, "queue of a study"]);
}

/** Neither a study, nor a folder that is no run. */
function isRun(folder: string): boolean {
  return existsSync(join(folder, runFiles.config));
}

/** As `latest` takes them: a run that did not fail. Whether its files are in order is not looked at. */
function hasModel(folder: string): boolean {
  if (!existsSync(join(folder, runFiles.model))) return false;
  try {
    return !/"status": ?"failed"/.test(readFileSync(join(folder, runFiles.result), "utf8"));
  } catch {
    return true; // it is being trained, or was killed
  }
}

/**
 * Files in the folder that a word begins with, and in the folders beside them: a shell would end
 * the word after a folder.
 */
function filesFor(word: string, cwd: string, wanted: RegExp): Suggestion[] {
  const slash = word.lastIndexOf("/");
  const before = word.slice(0, slash + 1);
  const found: Suggestion[] = [];
  for (const entry of entriesOf(resolve(cwd, before === "" ? "." : dirname(`${before}x`)))) {
    if (found.length >= mostFiles || entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = before + entry.name;
    if (!path.startsWith(word)) continue;
    if (!entry.isDirectory()) {
      if (wanted.test(entry.name)) found.push([path, ""]);
      continue;
    }
    const inside = entriesOf(resolve(cwd, path)).filter(({ name }) => wanted.test(name) && !name.startsWith("."));
    for (const { name } of inside.slice(0, mostFiles)) found.push([`${path}/${name}`, ""]);
  }
  return found;
}

function entriesOf(folder: string) {
  try {
    // A name of control characters would be typed into the shell.
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => printable(name) === name)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
