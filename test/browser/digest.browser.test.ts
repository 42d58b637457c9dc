import { describe, expect, it } from "vitest";
import { findBrowser } from "../../scripts/setupBrowser.ts";
import type { Digests } from "../digest/digest.ts";
import { readJson } from "../sources.ts";
import { runInBrowser } from "./browser.ts";

const browser = findBrowser();

describe("in a browser", () => {
  it("a compiled training run has the same digest as in Node", async ({ skip }) => {
    if (browser === undefined) return skip("no Chromium: npx tsx scripts/setupBrowser.ts says how to get one");
    expect(await runInBrowser(browser, "test/digest/digest.ts", "digests")).toEqual(
      readJson<Digests>("test/digest/digest.json"),
    );
  });

  it("what goes wrong in the page fails the test", async ({ skip }) => {
    if (browser === undefined) return skip("no Chromium: npx tsx scripts/setupBrowser.ts says how to get one");
    await expect(runInBrowser(browser, "test/digest/digest.ts", "missing")).rejects.toThrow(/run is not a function/);
  });
});
