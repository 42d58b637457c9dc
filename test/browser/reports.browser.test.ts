import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { comparisonReport } from "../../packages/cli/src/views/report/comparisonReport.ts";
import { studyReport } from "../../packages/cli/src/views/report/studyReport.ts";
import { trainingReport } from "../../packages/cli/src/views/report/trainingReport.ts";
import { findBrowser } from "../../scripts/setupBrowser.ts";
import { calibrationData, comparisonData, studyData, trainingData } from "../reportFixtures.ts";
import { type OpenPage, type StartedBrowser, type Surroundings, startBrowser } from "./devtools.ts";

/**
 * The reports as a browser shows them: axe-core, which knows the rules of accessibility, finds
 * nothing, and nothing is cut off or squeezed, on a screen, a phone and paper.
 */

const browser = findBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "evenkeel-reports-"));
let started: StartedBrowser | undefined;
beforeAll(() => {
  if (browser !== undefined) started = startBrowser(browser);
});
afterAll(async () => {
  await started?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(({ skip }) =>
  skip(browser === undefined, "no Chromium: npx tsx scripts/setupBrowser.ts says how to get one"),
);

const names = Array.from({ length: 9 }, (_, i) => `Species ${i + 1}`);
const classes = { kind: "classes", classes: names, truth: [0, 0, 1, 2, 8], predicted: [0, 1, 1, 2, 8] } as const;
const text = "z-score, BatchNorm, dropout 0.25, with recomputed statistics";
const reports = {
  "of a study": () => studyReport({ ...studyData(text), unit: "mpg" }),
  "of a training": () => trainingReport({ ...trainingData(text), unit: "mpg" }),
  "of a training on classes": () =>
    trainingReport({
      ...{ ...trainingData(text), unit: "mpg", task: "multiclass", predictions: classes },
      calibration: calibrationData(text),
    }),
  "of a comparison": () => comparisonReport(comparisonData(text)),
};
const surroundings: readonly Surroundings[] = [
  { width: 390, height: 800, scheme: "dark" },
  { width: 1200, height: 800, scheme: "light" },
];

interface Found {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Texts that a line of the page holds less than 14 letters of; wide things may scroll by themselves. */
const squeezed = `[...document.querySelectorAll("p, li, td, th, dd, dt, figcaption, h1, h2, h3, .name")]
  .filter((element) => element.offsetParent !== null && !element.closest(".wide"))
  .filter(({ textContent }) => textContent.trim().length > 40)
  .filter((element) => element.getBoundingClientRect().width < 14 * 0.5 * parseFloat(getComputedStyle(element).fontSize))
  .map(({ outerHTML }) => outerHTML.slice(0, 200))`;

async function opened(name: string, report: () => Promise<string>): Promise<OpenPage> {
  const file = join(folder, `${name.replaceAll(" ", "-")}.html`);
  writeFileSync(file, await report());
  return started!.open(file);
}

describe.each(Object.entries(reports))("the report %s", (name, report) => {
  it("has nothing that axe-core finds, and nothing cut off or squeezed", async () => {
    const page = await opened(name, report);
    await page.evaluate(`${axe}; 0`);
    for (const surrounding of surroundings) {
      await page.surround(surrounding);
      const found = await page.evaluate<Found[]>("axe.run().then(({ violations }) => violations)");
      expect(found.map(({ id, help, nodes: [{ html }] }) => ({ id, help, html }))).toEqual([]);
      const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect(wide, `the pixels of the page beside a window of ${surrounding.width}`).toBe(0);
      expect(await page.evaluate(squeezed), `in a window of ${surrounding.width}`).toEqual([]);
      // The answer and the first rows of the picture need no scrolling.
      const seen = await page.evaluate<number[]>(
        `[...document.querySelectorAll(".answer, .differences .row")].slice(0, 5).map((one) => one.getBoundingClientRect().bottom)`,
      );
      expect(seen).toHaveLength(name === "of a study" ? 5 : 0);
      expect(Math.max(0, ...seen)).toBeLessThan(surrounding.height);
    }
  });

  it("is printed black on white, with what is folded away", async () => {
    const page = await opened(name, report);
    // Also where the screen is dark.
    await page.surround({ width: 658, height: 900, scheme: "dark", media: "print" });
    const colors = "(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.body))";
    expect(await page.evaluate(colors)).toEqual(["rgb(255, 255, 255)", "rgb(27, 31, 36)"]);
    const folded = await page.evaluate<boolean[]>(
      `[...document.querySelectorAll("details > :not(summary)")].map((inner) => inner.checkVisibility())`,
    );
    expect(folded.length > 0).toBe(name === "of a study");
    expect(folded).not.toContain(false);
    const breaks = await page.evaluate<string[]>(
      `[...document.querySelectorAll("figure")].map((figure) => getComputedStyle(figure).breakInside)`,
    );
    expect(new Set(breaks)).toEqual(new Set(["avoid"]));
    expect(await page.evaluate(squeezed)).toEqual([]);
  });
});
