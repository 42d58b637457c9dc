// Writes the head of an HTML file as a PNG of so many pixels, for the documentation:
// npx tsx scripts/picture.ts runs/ID/report.html docs/images/study-report.png 980 1120
import { writeFileSync } from "node:fs";
import { startBrowser } from "../test/browser/devtools.ts";
import { findBrowser } from "./setupBrowser.ts";

const [file, picture, width, height] = process.argv.slice(2);
const path = findBrowser();
if (path === undefined) throw new Error("no Chromium: npx tsx scripts/setupBrowser.ts says how to get one");
if (height === undefined) throw new Error("expected: HTML-FILE PNG-FILE WIDTH HEIGHT");
const browser = startBrowser(path);
try {
  const page = await browser.open(file);
  await page.surround({ width: Number(width), height: Number(height) });
  await page.evaluate("document.documentElement.style.scrollbarWidth = 'none'");
  writeFileSync(picture, await page.screenshot());
} finally {
  await browser.close();
}
