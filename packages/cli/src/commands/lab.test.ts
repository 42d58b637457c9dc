import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../shell/exitCodes.ts";
import { failureOf } from "../shell/failure.ts";
import { givenTableFrom } from "../tables/page/givenTable.ts";
import { labCommand } from "./lab.ts";
import { runLine, world } from "./run.fixture.ts";

let cwd: string;
let page: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "evenkeel-lab-"));
  page = mkdtempSync(join(tmpdir(), "evenkeel-lab-page-"));
  writeFileSync(join(page, "index.html"), "<html><head></head></html>");
  writeFileSync(join(cwd, "cars.csv"), "weight,mpg\n1800,20\n2000,19\n2100,18\n");
});
afterEach(() => {
  for (const folder of [cwd, page]) rmSync(folder, { recursive: true });
});

/** Runs the command until its page was looked at; what it wrote, with the address in other words. */
async function look(args: readonly string[], visit: (url: string) => Promise<void>): Promise<string> {
  const control = new AbortController();
  let visited: Promise<void> | undefined;
  const onWrite = (text: string) => {
    const [, url] = /The lab is at (\S+)/.exec(text) ?? [];
    if (url !== undefined) visited = visit(url).finally(() => control.abort());
  };
  const { written, context } = world({ cwd, signal: control.signal, onWrite });
  await labCommand(context, page).parseAsync([...args], { from: "user" });
  await visited;
  expect(written.err).toBe("");
  return written.out.replaceAll(/http:\S+\/[\w-]{22}\//g, "ADDRESS");
}

test("serves a table until Ctrl-C, and prints where", async () => {
  let address = "";
  const out = await look(["cars.csv", "--target", "weight", "--no-open"], async (url) => {
    address = url;
    const bytes = await (await fetch(new URL("table", url))).arrayBuffer();
    const { name, target, table } = givenTableFrom(bytes);
    expect([name, target, table.rows]).toEqual(["cars.csv", "weight", 3]);
  });
  expect(out).toBe(
    "cars.csv: 3 rows, 2 columns\nThe lab is at ADDRESS#table=own\nOpen it in a browser. Ctrl-C ends it.\n",
  );
  await expect(fetch(address)).rejects.toThrow("fetch failed");
});

test("serves the page with its own tables where none is named; a screen is not needed", async () => {
  const out = await look([], async (url) => {
    expect(await (await fetch(url)).text()).toBe("<html><head></head></html>");
  });
  expect(out).toBe("The lab is at ADDRESS\nOpen it in a browser. Ctrl-C ends it.\n");
});

test("says what is wrong before it serves anything", async () => {
  const wrong: readonly (readonly [string, RegExp, number])[] = [
    ["carz.csv", /there is no file carz\.csv\. Did you mean cars\.csv\?/, exitCodes.misuse],
    ["cars.csv --target wieght", /no column "wieght" \(did you mean "weight"\?\)/, exitCodes.misuse],
    ["--target mpg", /there is no table to read; name one, or give a query with --sql/, exitCodes.misuse],
    ["cars.csv --kind wieght=category", /no column "wieght" \(did you mean "weight"\?\)/, exitCodes.misuse],
    ["cars.csv --columns mpg", /cars\.csv has one column/, exitCodes.misuse],
  ];
  for (const [line, message, code] of wrong) {
    const { context } = world({ cwd });
    const error: unknown = await labCommand(context, page)
      .parseAsync(line.split(" "), { from: "user" })
      .then(
        () => expect.fail(line),
        (thrown) => thrown,
      );
    const { text, exitCode } = failureOf(error, context.output.colors);
    expect([line, text, exitCode]).toEqual([line, expect.stringMatching(message), code]);
  }
});

test("says that the page is not built, and that a port is no port", async () => {
  const { context } = world({ cwd });
  const unbuilt = labCommand(context, join(page, "nowhere")).parseAsync(["cars.csv"], { from: "user" });
  await expect(unbuilt).rejects.toThrow("the page of the lab is not built; run `npm run build` first");
  const { err, code } = await runLine(["lab", "cars.csv", "--port", "65536"], { cwd });
  expect([err, code]).toEqual([expect.stringMatching(/'--port <n>' argument '65536' is invalid/), exitCodes.misuse]);
});

test("--help has examples, in 80 columns", async () => {
  const { out } = await runLine(["lab", "--help"], { cwd });
  expect(out).toContain("evenkeel lab cars.csv --target mpg");
  const [, examples] = out.split("Examples:");
  expect(Math.max(...examples.split("\n").map((line) => line.length))).toBeLessThanOrEqual(82);
});
