import { readFileSync } from "node:fs";
import type { Download, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { eventually, finished, panelOf, settingsOf, standing, visiting } from "./visit.ts";

/** Every control does what it says, and the address holds it. */

const open = visiting(["production"], { slow: true });
const setup = (page: Page) => panelOf(page, "Set-up");

/** Until the address sets a name to a value; undefined for the default. */
async function isSet(page: Page, name: string, value: string | undefined): Promise<void> {
  await eventually(() => settingsOf(page)[name], `${name} in the address`).toBe(value);
}

describe("the set-up", () => {
  const choices: readonly (readonly [label: string, name: string, values: readonly string[]])[] = [
    ["Left: normalization", "left", ["layer", "batch"]],
    ["Right: normalization", "right", ["none", "layer"]],
    ["Activation", "activation", ["leakyRelu", "elu", "gelu", "silu", "tanh"]],
    ["Numbers go in", "scale", ["zscore"]],
    ["Optimizer", "optimizer", ["adamw", "sgd"]],
  ];
  it.each(choices)("chooses: %s", async (label, name, values) => {
    const { page, wrong, close } = await open("#steps=30");
    for (const value of values) {
      await setup(page).getByLabel(label, { exact: true }).selectOption(value);
      await isSet(page, name, value);
      await finished(page);
    }
    expect(wrong).toEqual([]);
    await close();
  });

  const numbers: readonly (readonly [label: string, name: string, typed: string, refused: string])[] = [
    ["Dropout", "dropout", "0.3", "1.5"],
    ["Learning rate", "lr", "0.02", "fast"],
    ["Batch size", "batchSize", "7", "1.5"],
    ["Steps", "steps", "41", "3"],
    ["Seed", "seed", "17", "-1"],
    ["Momentum of the running statistics", "momentum", "0.25", "2"],
  ];
  it.each(numbers)("is typed and slid, and refuses what cannot be: %s", async (label, name, typed, refused) => {
    const { page, wrong, close } = await open("#steps=30");
    const field = setup(page).getByLabel(label, { exact: true });
    await field.fill(typed);
    await isSet(page, name, typed);
    await field.fill(refused);
    await setup(page)
      .getByRole("alert")
      .filter({ hasText: `“${refused}” cannot be used` })
      .waitFor();
    await isSet(page, name, typed);
    await field.press("Escape");
    expect(await field.inputValue()).toBe(typed);
    const slider = setup(page).getByLabel(`${label}, slider`);
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await eventually(() => settingsOf(page)[name], `${name} after an arrow key`).not.toBe(typed);
    expect(Number(settingsOf(page)[name])).toBeGreaterThan(Number(typed));
    await finished(page);
    expect(wrong).toEqual([]);
    await close();
  });

  it("has layers added, widened, removed and put in another order", async () => {
    const { page, wrong, close } = await open("#steps=30&dropout=0.1");
    await setup(page).getByRole("button", { name: "Add a layer" }).click();
    await isSet(page, "hidden", "50-25-13");
    await setup(page).getByLabel("Units of layer 3", { exact: true }).fill("4");
    await isSet(page, "hidden", "50-25-4");
    for (const left of ["25-4", "4", ""]) {
      await setup(page).getByRole("button", { name: "Remove layer 1" }).click();
      await isSet(page, "hidden", left);
    }
    await finished(page);
    await panelOf(page, "Inside the layers").getByText("These networks have no hidden layer.").waitFor();
    await setup(page).getByRole("button", { name: "Add a layer" }).click();
    await setup(page).getByRole("button", { name: "Move Dropout earlier" }).click();
    await isSet(page, "order", "linear-norm-dropout-activation");
    await setup(page).getByRole("button", { name: "Move Dropout later" }).press("ArrowUp");
    await isSet(page, "order", "linear-dropout-norm-activation");
    await setup(page).getByLabel("Linear right before BatchNorm has a bias").uncheck();
    await isSet(page, "biasBeforeNorm", "no");
    await finished(page);
    expect(wrong).toEqual([]);
    await close();
  });
});

describe("the training", () => {
  it("plays, pauses, steps, goes back and on to the same bits", async () => {
    const { page, wrong, close } = await open("#steps=3000");
    const bar = panelOf(page, "Training");
    const at = () => bar.locator(".counter b").innerText();
    await bar.getByLabel("Speed").selectOption("10");
    await bar.getByRole("button", { name: "Pause" }).click();
    await bar.getByText("paused").waitFor();
    await bar.getByRole("button", { name: "Restart" }).click();
    await eventually(at, "the step after a restart").toBe("0");
    await bar.getByRole("button", { name: "One step" }).click();
    await eventually(at, "the step after one").toBe("1");
    await bar.getByRole("button", { name: "Ten steps" }).click();
    await eventually(at, "the step after ten more").toBe("11");
    const slider = bar.getByRole("slider", { name: "Step" });
    await slider.fill("300");
    await eventually(() => standing(page), "what is said at step 300").toMatch(/^At step 300:/);
    const said = await standing(page);
    for (const step of ["75", "300"]) {
      await slider.fill(step);
      await eventually(at, `the step that the slider goes to: ${step}`).toBe(step);
    }
    expect(await standing(page)).toBe(said);
    // The space bar means the button where it means nothing else.
    await bar.getByLabel("Speed").selectOption("full");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press(" ");
    await finished(page);
    await bar.getByRole("button", { name: "Play again" }).click();
    await bar
      .getByRole("button", { name: "Pause" })
      .or(bar.getByRole("button", { name: "Play again" }))
      .waitFor();
    expect(wrong).toEqual([]);
    await close();
  });

  it("takes a rate from the strip, by pointer and by arrow keys", async () => {
    const { page, wrong, close } = await open("#steps=60&scale=zscore");
    const strip = panelOf(page, "Learning rates").getByRole("group", { name: "BatchNorm" });
    await strip.getByRole("button", { name: /^Learning rate 0\.0056: off by/ }).click();
    await isSet(page, "lr", "0.0056");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await isSet(page, "lr", "0.56");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await isSet(page, "lr", "0.32");
    expect(wrong).toEqual([]);
    await close();
  });
});

const fileOf = async (download: Download) => readFileSync(await download.path());

describe("what can be taken away", () => {
  it("is the link, the program in both languages, and the table that it reads", async () => {
    const { page, wrong, close } = await open("#steps=30&seed=4", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await finished(page);
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await panelOf(page, "Training").getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Copied: the link holds every setting.").waitFor();
    expect(await copied()).toBe(page.url());
    const code = panelOf(page, "Copy as code");
    for (const [language, found] of [
      ["evenkeel", "new nn.BatchNorm1d(50"],
      ["torch", "nn.BatchNorm1d(50"],
    ] as const) {
      await code.getByLabel("Language").selectOption(language);
      await code.getByRole("button", { name: "Copy the program" }).click();
      await eventually(copied, `the program for ${language}`).toContain(found);
    }
    await code.getByLabel("Network").selectOption("left");
    await code.getByText("The program", { exact: true }).click();
    await eventually(() => code.locator("pre").innerText(), "the program of the left").not.toContain("BatchNorm");
    const saved = page.waitForEvent("download");
    await code.getByRole("button", { name: "Save the table: mpg.json" }).click();
    expect(JSON.parse((await fileOf(await saved)).toString()).rows).toBe(406);
    expect(wrong).toEqual([]);
    await close();
  });

  it("is a picture of every chart", async () => {
    const { page, wrong, close } = await open("#steps=60");
    await finished(page);
    const buttons = page.getByRole("button", { name: /^PNG of / });
    const count = await buttons.count();
    expect(count).toBe(14);
    const names = new Set<string>();
    for (let i = 0; i < count; i++) {
      const saved = page.waitForEvent("download");
      await buttons.nth(i).click();
      const file = await saved;
      names.add(file.suggestedFilename());
      const bytes = await fileOf(file);
      expect([...bytes.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
      expect(bytes.length).toBeGreaterThan(3000);
    }
    expect(names.size).toBe(count);
    expect(wrong).toEqual([]);
    await close();
  });

  it("is a report that can be read offline, with the numbers of the page", async () => {
    const { page, wrong, close } = await open("#steps=200&momentum=0.01");
    await finished(page);
    const said = await standing(page);
    await panelOf(page, "Break it").getByRole("button", { name: "Recompute statistics" }).click();
    await page.locator('[data-side="right"]').waitFor();
    await panelOf(page, "Learning rates")
      .getByRole("button", { name: /^Learning rate 0\.56: (?!not)/ })
      .last()
      .waitFor();
    const saved = page.waitForEvent("download");
    await panelOf(page, "Take it with you").getByRole("button", { name: "Save a report" }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe("mpg-report.html");
    const report = await page.context().browser()!.newContext({ offline: true, javaScriptEnabled: false });
    const reader = await report.newPage();
    const faults: string[] = [];
    reader.on("console", (message) => faults.push(message.text()));
    await reader.setContent((await fileOf(file)).toString());
    await reader.getByText(said).waitFor();
    expect(await reader.locator("svg.chart").count()).toBe(13);
    const row = reader.getByRole("row", { name: /^BatchNorm 200 / });
    expect(await row.getByRole("cell").nth(3).innerText()).toMatch(/ at step 200$/);
    expect(await reader.getByText("momentum-slow").count()).toBe(2);
    expect([faults, wrong]).toEqual([[], []]);
    await report.close();
    await close();
  });
});
