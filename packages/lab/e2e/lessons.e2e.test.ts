import { describe, expect, it } from "vitest";
import { breakNames, breaks } from "../src/state/breaks.ts";
import { readLink, writeLink } from "../src/state/link.ts";
import { presetGroups, setupOf } from "../src/state/presets.ts";
import { eventually, finished, panelOf, settingsOf, standing, visiting } from "./visit.ts";

/** Lessons, and what is broken on purpose. */

const open = visiting(["production"], { slow: true });
const presets = presetGroups.flatMap((group) => group.presets);
const ofCars = presets.filter((preset) => setupOf(preset).table === "mpg");

describe("a lesson", () => {
  it.each(ofCars)("sets the page and shows what it says: $id", async (preset) => {
    const { page, wrong, close } = await open("#steps=50");
    const lesson = panelOf(page, "Lessons").locator(`[data-preset="${preset.id}"]`);
    await lesson.click();
    await eventually(() => new URL(page.url()).hash.replace("#", ""), "the address of the lesson").toBe(
      writeLink(setupOf(preset)),
    );
    expect(await lesson.getAttribute("aria-current")).toBe("true");
    await panelOf(page, "Lessons").getByText(preset.sees).waitFor();
    await finished(page);
    const said = await standing(page);
    const { left, right } = preset.ends;
    if (Number.isNaN(left)) expect(said).toContain("the training diverged");
    for (const end of [left, right]) if (!Number.isNaN(end)) expect(said).toContain(String(Number(end.toPrecision(3))));
    expect(wrong).toEqual([]);
    await close();
  });

  it.each(presets.filter((preset) => !ofCars.includes(preset)))(
    "of another table sets the page: $id",
    async (preset) => {
      const { page, wrong, close } = await open("#steps=50");
      await panelOf(page, "Lessons").locator(`[data-preset="${preset.id}"]`).click();
      await page.locator(`[data-preset="${preset.id}"][aria-current]`).waitFor();
      await page.locator(".counter b").filter({ hasNotText: /^0$/ }).waitFor();
      expect(wrong).toEqual([]);
      await close();
    },
  );
});

describe("Break it", () => {
  it.each(breakNames)("spoils one thing, has it named, and mends it again: %s", async (name) => {
    // A bias is what the default has, and no linter names it without BatchNorm behind it.
    const start = name === "bias" ? "#steps=50&biasBeforeNorm=no" : "#steps=50";
    const { page, wrong, close } = await open(start);
    await finished(page);
    const panel = panelOf(page, "Break it");
    const button = panel.getByRole("button", { name: breaks[name].title });
    expect(await button.getAttribute("aria-pressed")).toBe("false");
    await button.click();
    const said = panel.locator(`[data-break="${name}"]`);
    const spoken =
      "rule" in breaks[name]
        ? /^The linter, /
        : "code" in breaks[name]
          ? /^The check of the table, /
          : /^No rule names it/;
    await eventually(() => said.innerText(), `what is said of ${name}`).toMatch(spoken);
    expect(await button.getAttribute("aria-pressed")).toBe("true");
    expect(breaks[name].isOn(readLink(new URL(page.url()).hash).setup)).toBe(true);
    await finished(page);
    await button.click();
    await said.waitFor({ state: "detached" });
    await eventually(() => settingsOf(page), "the address once it is mended").toEqual(
      Object.fromEntries(new URLSearchParams(start.slice(1))),
    );
    expect(wrong).toEqual([]);
    await close();
  });

  it("recomputes statistics: a sentence, a point in the chart, and its row in the table behind it", async () => {
    const { page, wrong, close } = await open("#steps=95&momentum=0.001");
    await finished(page);
    await panelOf(page, "Break it").getByRole("button", { name: "Recompute statistics" }).click();
    await page
      .locator('[data-side="right"]')
      .getByText(/^Right, step 95: .*: lower\.$/)
      .waitFor();
    const chart = panelOf(page, "Held-out error").getByRole("figure", { name: "Held-out error in train mode" });
    const label = "BatchNorm, eval mode with recomputed statistics";
    await chart.getByText(label).first().waitFor();
    await chart.getByText("Values").click();
    const table = chart.getByRole("table");
    await table.getByRole("columnheader", { name: label }).waitFor();
    const row = table.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "95", exact: true }) });
    expect(Number(await row.getByRole("cell").last().innerText())).toBeGreaterThan(0);
    // A new start has no such point.
    await page.getByRole("button", { name: "Restart" }).click();
    await chart.getByText(label).first().waitFor({ state: "detached" });
    expect(wrong).toEqual([]);
    await close();
  });
});
