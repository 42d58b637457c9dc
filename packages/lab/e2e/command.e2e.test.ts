import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { givenTableFrom } from "../../cli/src/tables/page/givenTable.ts";
import { commandsPage, isFresh } from "./built.ts";
import { finished, visiting } from "./visit.ts";

/** `evenkeel lab` as a process of its own, with the page that `npm run build` makes. */

const root = fileURLToPath(new URL("../../..", import.meta.url));
const main = join(root, "packages/cli/src/main.ts");
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const open = visiting([]);

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-lab-command-"));
  const rows = Array.from(
    { length: 120 },
    (_, i) => `${1800 + ((i * 937) % 2900)},${["a", "b"][i % 2]},${40 - (i % 9)}`,
  );
  writeFileSync(join(cwd, "cars.csv"), `weight,<b>origin</b>,mpg\n${rows.join("\n")}\n`);
  const lab = join(root, "packages/lab");
  if (!isFresh()) await build({ root: lab, logLevel: "error", build: { outDir: commandsPage } });
}, 120_000);
afterAll(() => rmSync(cwd, { recursive: true }));

let command: ChildProcess | undefined;
afterEach(() => {
  command?.kill("SIGKILL");
  command = undefined;
});

/** Starts the command, and gives the address that it prints. */
async function start(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, ["--import", tsx, main, "lab", ...args, "--no-open"], {
    cwd,
    // The command runs from its sources, wherever it was called.
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.json") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  command = child;
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^The lab is at (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`the command printed no address:\n${said}`);
}

describe("evenkeel lab", () => {
  it("serves a table, refuses whoever does not know where, and ends at Ctrl-C with 130", async () => {
    const url = await start("cars.csv", "--target", "mpg");
    const { table, target } = givenTableFrom(await (await fetch(new URL("table", url))).arrayBuffer());
    expect([table.rows, table.columns.map(({ name }) => name), target]).toEqual([
      ...[120, ["weight", "<b>origin</b>", "mpg"], "mpg"],
    ]);
    expect((await fetch(new URL("/table", url))).status).toBe(404);
    expect((await fetch(new URL("/", url))).status).toBe(404);
    const ended = once(command as ChildProcess, "exit");
    command?.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it("opens in a browser on the table of the command line", async () => {
    const url = await start("cars.csv", "--target", "mpg", "--kind", "mpg=category");
    const { page, wrong, close } = await open("&steps=100", {}, url);
    await finished(page);
    // It is told that the numbers are classes.
    await page.locator(".standing").filter({ hasText: "wrong for" }).waitFor();
    const panel = page.getByRole("region", { name: "Table" });
    await panel.getByText("120 rows, 3 columns").waitFor();
    expect(await panel.getByRole("combobox", { name: "Predict" }).inputValue()).toBe("mpg");
    expect(await panel.getByRole("combobox", { name: "Table" }).locator("option:checked").innerText()).toBe("cars.csv");
    expect(await panel.locator("th").allInnerTexts()).toEqual(["weight", "<b>origin</b>", "mpg"]);
    // Another table and back; then the command ends, and the page says so.
    await panel.getByRole("combobox", { name: "Table" }).selectOption("penguins");
    await panel.getByText("344 rows").waitFor();
    await page.reload();
    await panel.getByText("344 rows").waitFor();
    const ended = once(command as ChildProcess, "exit");
    command?.kill("SIGINT");
    await ended;
    await panel.getByRole("combobox", { name: "Table" }).selectOption("own");
    await panel.getByText("The command that opened this page has ended").waitFor();
    expect(wrong.filter((line) => !line.includes("ERR_CONNECTION_REFUSED"))).toEqual([]);
    await close();
  });
});
