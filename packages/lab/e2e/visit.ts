import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, beforeEach, type TestContext, vi } from "vitest";
import { findBrowser } from "../../../scripts/setupBrowser.ts";
import { openBrowser, serveFolder, siteFolder } from "./browser.ts";

/** The page in a window of its own. */
export interface Visit {
  readonly page: Page;
  /** What went wrong in it, and what it asked of another machine. */
  readonly wrong: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * Builds the page and starts a browser for the tests of a file, which are skipped where there is none.
 * @returns what opens the page
 */
export function visiting(modes: readonly ("production" | "file")[]) {
  // Four workers start cold with each page, beside other tests on few processors.
  vi.setConfig({ testTimeout: 300_000 });
  const hasBrowser = findBrowser() !== undefined;
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    if (!hasBrowser) return;
    const root = fileURLToPath(new URL("..", import.meta.url));
    for (const mode of modes) await build({ root, mode, logLevel: "error" });
    site = await serveFolder(siteFolder);
    browser = await openBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  beforeEach(({ skip }) => skip(!hasBrowser, "no Chromium: npx tsx scripts/setupBrowser.ts says how to get one"));

  return async (hash = "", options: BrowserContextOptions = {}, url = site.url): Promise<Visit> => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("dialog", (dialog) => wrong.push(`a dialog: ${dialog.message()}`));
    page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    page.on("request", (request) => {
      if (!/^(file:|blob:|data:|http:\/\/127\.0\.0\.1[:/])/.test(request.url()))
        wrong.push(`asked for ${request.url()}`);
    });
    await page.goto(`${url}${hash}`);
    return { page, wrong, close: () => context.close() };
  };
}

/** Waits until both trainings are over. */
export async function finished(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Play again" }).waitFor({ timeout: 120_000 });
}

/** What the page says of the last step, after the pace at which it is spoken. */
export async function standing(page: Page): Promise<string> {
  await page.waitForTimeout(2200);
  return page.locator(".standing").innerText();
}

/** Skips a test that takes half a minute, unless all are asked for. */
export function skipSlow({ skip }: Pick<TestContext, "skip">): void {
  skip(process.env.LAB_E2E !== "all", "it is slow: LAB_E2E=all runs it");
}
