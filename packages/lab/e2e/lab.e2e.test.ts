import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { TableModel, tableFromRows } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";
import { describe, expect, it } from "vitest";
import { readLink } from "../src/state/link.ts";
import { expectAccessible } from "./accessible.ts";
import { drop, eventually, finished, oneFile, panelOf, settingsOf, skipSlow, standing, visiting } from "./visit.ts";

/** The page as a visitor has it: built, served from a folder or opened as one file, in Chromium. */

const require = createRequire(import.meta.url);
const text = (lines: readonly string[]) => new TextEncoder().encode(`${lines.join("\n")}\n`);
const open = visiting(["production", oneFile]);

describe("the page", () => {
  it("trains both networks without a click, and says where they stand", async () => {
    const { page, wrong, close } = await open("#steps=400");
    await finished(page);
    expect(await standing(page)).toMatch(/^After all 400 steps: without normalization .*Miles_per_Gallon/);
    expect(wrong).toEqual([]);
    await close();
  });

  it("works from a disk as one file, without a network", async () => {
    const { page, wrong, close } = await open("#steps=200", { offline: true }, oneFile);
    await finished(page);
    expect(await standing(page)).toMatch(/^After all 200 steps/);
    expect(wrong).toEqual([]);
    await close();
  });

  it("shows the same numbers by its address, and again after going back", async ({ skip }) => {
    skipSlow({ skip });
    const first = await open("#steps=200&seed=3&lr=0.003&hidden=20");
    await finished(first.page);
    const said = await standing(first.page);
    const again = await open(new URL(first.page.url()).hash);
    await finished(again.page);
    expect(await standing(again.page)).toBe(said);
    const slider = again.page.locator(".steps input");
    await slider.fill("100");
    await expect.poll(() => standing(again.page)).toMatch(/^At step 100/);
    await slider.fill("200");
    await expect.poll(() => standing(again.page)).toBe(said);
    await Promise.all([first.close(), again.close()]);
  });

  it("gives the model that trainTable makes of the same settings", async () => {
    const { page, close } = await open("#steps=320&seed=2&hidden=16-8&scale=zscore");
    await finished(page);
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the network with BatchNorm" }).click();
    const model = TableModel.load(readFileSync(await (await saved).path()));
    const file = join(dirname(require.resolve("vega-datasets")), "../data/cars.json");
    const cars = tableFromRows(JSON.parse(readFileSync(file, "utf8")));
    // Eight batches an epoch.
    const { model: expected } = await trainTable(cars, {
      ...{ target: "Miles_per_Gallon", recipe: "simple", seed: 2, batchSize: 32, lr: 0.001, optimizer: "adam" },
      ...{ schedule: "none", patience: false, refit: false, statistics: "asTrained", epochs: 40 },
      preprocessing: { scale: "zscore" },
      network: { hidden: [16, 8], norm: "batch", dropout: 0, biasBeforeNorm: true },
    });
    const [found, other] = [model, expected].map(({ network }) => {
      return Object.entries(network.stateDict()).map(([name, { data }]) => [name, Array.from(data)]);
    });
    expect(found).toEqual(other);
    await close();
  });

  it("changes every setting from the keyboard, and says so in its address", async ({ skip }) => {
    skipSlow({ skip });
    const { page, wrong, close } = await open("#steps=50");
    const setup = page.locator("section", { has: page.getByRole("heading", { name: /set-up|setup/i }) });
    const controls = setup.locator("select, input");
    const count = await controls.count();
    expect(count).toBeGreaterThan(9);
    for (let i = 0; i < count; i++) {
      const control = controls.nth(i);
      const before = page.url();
      await control.focus();
      await page.keyboard.press((await control.getAttribute("type")) === "checkbox" ? "Space" : "ArrowDown");
      if (page.url() === before) await page.keyboard.press("ArrowUp");
      if ((await control.getAttribute("type")) === "number") await page.keyboard.press("Enter");
    }
    const { problems } = readLink(new URL(page.url()).hash);
    expect(problems).toEqual([]);
    expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).size).toBeGreaterThan(6);
    expect(wrong).toEqual([]);
    await close();
  });

  it("is accessible and fits, in light and dark, wide and narrow", async () => {
    const { page, close } = await open("#steps=100", { reducedMotion: "reduce" });
    await finished(page);
    await expectAccessible(page);
    await close();
  });

  it("asks the study", async ({ skip }) => {
    skipSlow({ skip });
    const { page, wrong, close } = await open("#steps=50&hidden=8&scale=zscore");
    await page.getByRole("spinbutton", { name: "seeds" }).fill("2");
    await page.getByRole("button", { name: "Ask 2 seeds" }).click();
    await page.getByText(/^Does it help\?/).waitFor();
    expect(wrong).toEqual([]);
    await close();
  });

  it("says what it does not understand in a link, and trains all the same", async ({ skip }) => {
    skipSlow({ skip });
    const { page, close } = await open("#steps=50&lr=fast&constructor=1");
    await finished(page);
    await page.getByText("The link sets lr to “fast”, which it cannot be.").waitFor();
    await close();
  });
});

describe("a table of the visitor's", () => {
  it("is a CSV file that is dropped anywhere, read by the rules of the command", async () => {
    const { page, wrong, close } = await open("#steps=100");
    const cars = Array.from(
      { length: 150 },
      (_, i) => `${1800 + ((i * 937) % 2900)};${["a", "b"][i % 2]};${10 + (i % 9)},5`,
    );
    await drop(page, "autos.csv", text(["Gewicht;Ort;Verbrauch", ...cars]));
    const panel = panelOf(page, "Table");
    await panel.getByText("150 rows, 3 columns").waitFor();
    await finished(page);
    expect(await panel.getByRole("combobox", { name: "Predict" }).inputValue()).toBe("Verbrauch");
    expect(settingsOf(page)).toEqual({ table: "own", target: "Verbrauch", steps: "100" });
    await page.getByText(/^After all 100 steps: .* off by .* Verbrauch/).waitFor();
    expect(wrong).toEqual([]);
    await close();
  });

  it("may be hostile: what is found is shown as text, and the page goes on", async () => {
    const { page, wrong, close } = await open("#steps=50");
    const evil = '<img src=x onerror="alert(1)">';
    const names = ["constructor", "__proto__", evil, "y\u202e"];
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 7},"=cmd|'/C calc'!A0",${evil.replaceAll('"', "")},${(i * 37) % 11}`,
    );
    const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
    await drop(page, `${evil}.csv`, text([quoted, ...rows]));
    const panel = panelOf(page, "Table");
    await panel.getByText("60 rows, 4 columns").waitFor();
    await finished(page);
    expect(await panel.locator("thead th").allInnerTexts()).toEqual(names);
    // Two columns of one value: the check names both.
    const found = panel.getByRole("list", { name: "What the check found" });
    await found
      .getByText(/__proto__/)
      .first()
      .waitFor();
    expect(await page.locator("img").count()).toBe(0);
    for (const target of ["constructor", "__proto__", evil]) {
      await panel.getByRole("combobox", { name: "Predict" }).selectOption(target);
      await eventually(() => settingsOf(page).target, `predicting ${target}`).toBe(target);
    }
    // Nothing can be learnt of one value: the page says so, and takes the next choice.
    await found.locator(".error").first().waitFor();
    await panel.getByRole("combobox", { name: "Predict" }).selectOption("constructor");
    await finished(page);
    expect(wrong).toEqual([]);
    await close();
  });
});
