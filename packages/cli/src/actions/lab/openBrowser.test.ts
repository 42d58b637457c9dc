import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openBrowser, openerOf } from "./openBrowser.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evenkeel-open-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("every system has its opener; without a screen there is none", () => {
  expect(openerOf({ platform: "darwin", environment: {} })).toEqual(["open"]);
  expect(openerOf({ platform: "win32", environment: {} })).toEqual(["rundll32", "url.dll,FileProtocolHandler"]);
  for (const name of ["DISPLAY", "WAYLAND_DISPLAY"]) {
    expect(openerOf({ platform: "linux", environment: { [name]: ":0" } })).toEqual(["xdg-open"]);
  }
  expect(openerOf({ platform: "linux", environment: { DISPLAY: "" } })).toBeUndefined();
});

test.skipIf(process.platform === "win32")("the address is one argument, and no shell reads it", async () => {
  writeFileSync(join(folder, "xdg-open"), `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > "${folder}/asked"\n`, { mode: 0o755 });
  const environment = { PATH: `${folder}${delimiter}${process.env.PATH}`, DISPLAY: ":0" };
  const url = `http://127.0.0.1:1/x/#table=own&target=$(touch ${folder}/made); "a"`;
  expect(await openBrowser(url, { platform: "linux", environment })).toBe(true);
  await vi.waitFor(() => expect(readFileSync(join(folder, "asked"), "utf8")).toBe(`1\n${url}\n`), 5000);
});

test("a system without the program opens nothing, and nothing is thrown", async () => {
  const environment = { PATH: folder, DISPLAY: ":0" };
  expect(await openBrowser("http://127.0.0.1:1/", { platform: "linux", environment })).toBe(false);
});
