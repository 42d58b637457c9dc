/**
 * The head of the page as a picture, once its trainings are over, after `npm --prefix packages/lab run
 * build`: `npx tsx packages/lab/scripts/picture.ts docs/images/lab.png`.
 */
import { openBrowser, serveFolder, siteFolder } from "../e2e/browser.ts";

const [, , out = "docs/images/lab.png"] = process.argv;
const site = await serveFolder(siteFolder);
const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1240, height: 900 }, colorScheme: "light" });
  await page.goto(site.url);
  await page.getByRole("button", { name: "Play again" }).waitFor();
  await page.waitForTimeout(3000); // the strip of learning rates, and the sentence that is spoken
  await page.screenshot({ path: out });
} finally {
  await browser.close();
  site.close();
}
