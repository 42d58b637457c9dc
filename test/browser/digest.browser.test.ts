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

  it("two threads, in a worker of an isolated page, have the same digest", async ({ skip }) => {
    if (browser === undefined) return skip("no Chromium: npx tsx scripts/setupBrowser.ts says how to get one");
    const { digests, helped } = (await runInBrowser(browser, "test/browser/threads.ts", "digestsOnThreads")) as {
      readonly digests: Digests;
      readonly helped: number;
    };
    expect(digests).toEqual(readJson<Digests>("test/digest/digest.json"));
    expect(helped).toBeGreaterThan(0);
  });

  it("what goes wrong in the page fails the test", async ({ skip }) => {
    if (browser === undefined) return skip("no Chromium: npx tsx scripts/setupBrowser.ts says how to get one");
    await expect(runInBrowser(browser, "test/digest/digest.ts", "missing")).rejects.toThrow(/run is not a function/);
  });
});
