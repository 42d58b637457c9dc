import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { drop, eventually, finished, oneFile, panelOf, settingsOf, visiting } from "./visit.ts";

/** The page for those who have no mouse, little light, a small screen, or no network. */

const open = visiting(["production", oneFile], { slow: true });

/** The name of what has the focus. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const labels = (element as HTMLInputElement).labels;
    return element.getAttribute("aria-label") ?? labels?.[0]?.innerText ?? element.innerText ?? element.tagName;
  });

describe("by keyboard alone", () => {
  it("everything is reached by Tab, in order, and nothing holds the focus", async () => {
    const { page, wrong, close } = await open("#steps=30");
    await finished(page);
    const wanted = await page
      .locator("a[href], button:enabled, input:enabled:visible, select:enabled, summary")
      .count();
    const reached: string[] = [];
    for (let i = 0; i < 2 * wanted; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement === document.body)) break;
      reached.push(await focused(page));
    }
    // Of each strip of 16 rates one is reached by Tab, the others by arrow keys; radio buttons alike.
    expect(reached.length).toBeGreaterThan(wanted - 2 * 15 - 4);
    expect(reached.length).toBeLessThan(2 * wanted);
    expect(reached[0]).toMatch(/^(?:Play|Pause)/);
    for (const name of ["Copy link", "Left: normalization", "A batch of two", "Ask 10 seeds", "Save a report"]) {
      expect(
        reached.some((one) => one.includes(name)),
        name,
      ).toBe(true);
    }
    expect(wrong).toEqual([]);
    await close();
  });

  it("a lesson is opened, broken, and its values read", async () => {
    const { page, wrong, close } = await open("#steps=30");
    await page.locator('[data-preset="noGuarantee"]').focus();
    await page.keyboard.press("Enter");
    await eventually(() => settingsOf(page), "the address of the lesson").toEqual({ scale: "zscore" });
    await panelOf(page, "Break it").getByRole("button", { name: "A batch of two" }).focus();
    await page.keyboard.press("Space");
    await eventually(() => settingsOf(page).batchSize, "the batch of two").toBe("2");
    const values = panelOf(page, "Held-out error").locator("summary").first();
    await values.focus();
    await page.keyboard.press("Enter");
    await panelOf(page, "Held-out error").getByRole("table").waitFor();
    expect(wrong).toEqual([]);
    await close();
  });
});

describe("as the visitor's system wants it", () => {
  it("moves nothing by itself", async () => {
    const { page, close } = await open("#steps=300", { reducedMotion: "reduce" });
    const moving: number[] = [];
    for (let i = 0; i < 10; i++) {
      moving.push(await page.evaluate(() => document.getAnimations().length));
      await page.waitForTimeout(50);
    }
    expect(Math.max(...moving)).toBe(0);
    await close();
  });

  it("is dark in the dark, the charts too, and follows a change", async () => {
    const { page, wrong, close } = await open("#steps=60", { colorScheme: "dark" });
    await finished(page);
    const brightness = () =>
      page.evaluate(() => {
        const [red, green, blue] = (/\d+, \d+, \d+/.exec(getComputedStyle(document.body).backgroundColor)?.[0] ?? "")
          .split(", ")
          .map(Number);
        const canvas = document.querySelector("canvas") as HTMLCanvasElement;
        const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
          0,
          0,
          canvas.width,
          canvas.height,
        );
        let [ink, drawn] = [0, 0];
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3] < 255) continue;
          ink += data[i] + data[i + 1] + data[i + 2];
          drawn++;
        }
        return { page: (red + green + blue) / 765, ink: ink / drawn / 765 };
      });
    const dark = await brightness();
    await page.emulateMedia({ colorScheme: "light" });
    await eventually(async () => (await brightness()).ink, "charts in light colours").toBeLessThan(dark.ink);
    const light = await brightness();
    expect([dark.page < 0.2, light.page > 0.9]).toEqual([true, true]);
    expect(wrong).toEqual([]);
    await close();
  });

  it("is used on 390 pixels", async () => {
    const { page, wrong, close } = await open("#steps=60", { viewport: { width: 390, height: 844 }, hasTouch: true });
    await finished(page);
    await panelOf(page, "Set-up").getByLabel("Right: normalization").selectOption("layer");
    await finished(page);
    await panelOf(page, "Learning rates")
      .getByRole("button", { name: /^Learning rate 0\.0056: off by/ })
      .first()
      .tap();
    await eventually(() => settingsOf(page).lr, "the rate that was tapped").toBe("0.0056");
    const overflow = await page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      const isScrolled = (element: Element | null): boolean =>
        element !== null &&
        (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || isScrolled(element.parentElement));
      return [...document.querySelectorAll("main *")]
        .filter((element) => element.getBoundingClientRect().right > width + 1 && !isScrolled(element.parentElement))
        .map((element) => element.outerHTML.slice(0, 100));
    });
    expect(overflow).toEqual([]);
    expect(wrong).toEqual([]);
    await close();
  });
});

describe("without a network", () => {
  it("the page that is one file reads a table, asks the study, and saves a model and a report", async () => {
    const { page, wrong, close } = await open("#steps=50&hidden=8&scale=zscore", { offline: true }, oneFile);
    const rows = Array.from({ length: 120 }, (_, i) => `${(i * 937) % 2900},${["a", "b"][i % 2]},${(i * 7) % 31}`);
    await drop(page, "own.csv", new TextEncoder().encode(`x,kind,y\n${rows.join("\n")}\n`));
    await panelOf(page, "Table").getByText("120 rows, 3 columns").waitFor();
    await finished(page);
    const study = panelOf(page, /^Ask \d+ seeds$/);
    await study.getByRole("spinbutton", { name: "seeds" }).fill("2");
    await study.getByRole("button", { name: "Ask 2 seeds" }).click();
    await study.getByRole("table").waitFor({ timeout: 60_000 });
    for (const button of ["Save the network with BatchNorm", "Save a report"]) {
      const saved = page.waitForEvent("download");
      await panelOf(page, "Take it with you").getByRole("button", { name: button }).click();
      expect((await saved).suggestedFilename()).toMatch(/^own\.csv-(?:right\.safetensors|report\.html)$/);
    }
    expect(wrong).toEqual([]);
    await close();
  });

  it("the served page goes on once it is loaded", async () => {
    const { page, wrong, close } = await open("#steps=50");
    await finished(page);
    await page.context().setOffline(true);
    await panelOf(page, "Set-up").getByLabel("Activation").selectOption("tanh");
    await finished(page);
    expect(wrong).toEqual([]);
    await close();
  });
});
