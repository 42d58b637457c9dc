import { describe, expect, it } from "vitest";
import { expectAccessible } from "./accessible.ts";
import { finished, oneFile, standing, visiting } from "./visit.ts";

/** The built page with pictures, in Chromium. `LAB_E2E=all` runs it. */

describe("digits", () => {
  const open = visiting(["production", oneFile], { slow: true });

  it("are chosen, trained on and shown with what is wrong about them", async () => {
    const { page, wrong, close } = await open("#steps=50");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const tables = page.locator("select", { has: page.locator('option[value="digits"]') });
    await tables.selectOption("digits");
    await page.getByText(/2,000 pictures:\s+1,280 to train on/).waitFor();
    await page.getByText(/^After all 300 steps/).waitFor();
    expect(asked).toContainEqual(expect.stringMatching(/parts-.*\.js$/));
    expect(new URL(page.url()).hash).toBe("#table=digits&hidden=8-16&steps=300");
    expect(await standing(page)).toMatch(/^After all 300 steps: without normalization wrong for [\d.]+% of the rows/);
    await page
      .getByText(/of 320 are wrong/)
      .first()
      .waitFor();
    expect(await page.getByText(/^\d, taken for \d$/).count()).toBeGreaterThan(4);
    expect(await page.getByRole("button", { name: "A constant column" }).isDisabled()).toBe(true);
    await page.getByLabel("Head", { exact: true }).selectOption("globalAverage");
    await expect.poll(() => new URL(page.url()).hash).toContain("head=globalAverage");
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the network with BatchNorm" }).click();
    expect((await saved).suggestedFilename()).toBe("digits-right.safetensors");
    // Back to a table, while its pictures are still drawn.
    await tables.selectOption("penguins");
    await page.getByText(/344 rows, /).waitFor();
    expect(new URL(page.url()).hash).toBe("#table=penguins&head=globalAverage");
    expect(wrong).toEqual([]);
    await close();
  });

  it("are in the page of one file, without a network", async () => {
    const { page, wrong, close } = await open("#table=digits&hidden=4&steps=50", { offline: true }, oneFile);
    await finished(page);
    expect(await standing(page)).toMatch(/^After all 50 steps/);
    expect(wrong).toEqual([]);
    await close();
  });

  it("say what is wrong with a link of too many convolutions, and train once some are taken away", async () => {
    const { page, close } = await open("#table=digits&hidden=2-2-2-2&steps=50");
    await page.getByText(/smaller than 2 x 2 after 4 convolutions/).waitFor();
    await page.getByRole("button", { name: "Remove convolution 4" }).click();
    await finished(page);
    await close();
  });

  it("are accessible and fit, in light and dark, wide and narrow", async () => {
    const { page, close } = await open("#table=digits&hidden=4-4&steps=100", { reducedMotion: "reduce" });
    await finished(page);
    await page
      .getByText(/of 320 are wrong/)
      .first()
      .waitFor();
    await expectAccessible(page);
    await close();
  });
});
