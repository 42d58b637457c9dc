import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, errors, type Locator, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, beforeEach, expect, type TestContext, vi } from "vitest";
import { findBrowser } from "../../../scripts/setupBrowser.ts";
import { openBrowser, serveFolder } from "./browser.ts";
import { commandsPage, isFresh } from "./built.ts";

/** The page in a window of its own. */
export interface Visit {
  readonly page: Page;
  /** What went wrong in it, and what it asked of another machine. */
  readonly wrong: readonly string[];
  readonly close: () => Promise<void>;
}

/** Where the page is opened from: served as a site, or as one file from a disk; or another address. */
export const oneFile = "file";

interface Visiting {
  /** All tests of the file are slow: nothing is built and nothing run unless all are asked for. */
  readonly slow?: boolean;
}

/** Tests that are skipped run with `LAB_E2E=all`. */
const runsAll = process.env.LAB_E2E === "all";
/**
 * How long anything is waited for. Of the tests that always run four workers start cold with each
 * page, beside other tests on few processors; the slow ones have the machine for themselves, or as
 * many seconds as `LAB_PATIENCE` says.
 */
const patience = { fast: 120_000, slow: 1000 * Number(process.env.LAB_PATIENCE ?? 10) };
/** Of the tests of this file. */
let patient = patience.fast;

/**
 * Builds the page, in a folder of its own, unless it is there, and starts a browser for the tests of a file, which are
 * skipped where there is none.
 * @returns what opens the page
 */
export function visiting(modes: readonly ("production" | typeof oneFile)[], { slow = false }: Visiting = {}) {
  patient = slow ? patience.slow : patience.fast;
  vi.setConfig({ testTimeout: slow ? 9 * patient : 300_000 });
  const isSkipped = slow && !runsAll;
  const hasBrowser = findBrowser() !== undefined;
  let built: string;
  const folders = new Map<string, string>();
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    if (!hasBrowser || isSkipped) return;
    built = mkdtempSync(join(tmpdir(), "evenkeel-lab-page-"));
    const root = fileURLToPath(new URL("..", import.meta.url));
    for (const mode of modes) {
      const isThere = mode === "production" && isFresh();
      folders.set(mode, isThere ? commandsPage : join(built, mode));
      if (!isThere) await build({ root, mode, logLevel: "error", build: { outDir: join(built, mode) } });
    }
    site = await serveFolder(folders.get("production") ?? built);
    browser = await openBrowser();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    site?.close();
    if (built !== undefined) rmSync(built, { recursive: true });
  });

  beforeEach(({ skip }) => {
    if (slow) skipSlow({ skip });
    skip(!hasBrowser, "no Chromium: npx tsx scripts/setupBrowser.ts says how to get one");
  });

  return async (hash = "", options: BrowserContextOptions = {}, where = ""): Promise<Visit> => {
    const url =
      where === oneFile ? pathToFileURL(join(folders.get(oneFile) ?? "", "index.html")).href : where || site.url;
    const context = await browser.newContext(options);
    context.setDefaultTimeout(patient);
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

/** Expects something to become true; the message says what was waited for. */
export function eventually<T>(read: () => T | Promise<T>, message: string) {
  return expect.poll(read, { message, timeout: patient });
}

/** A panel of the page by its heading. */
export function panelOf(page: Page, heading: string | RegExp): Locator {
  return page.getByRole("region", typeof heading === "string" ? { name: heading, exact: true } : { name: heading });
}

/** Waits until both trainings are over. */
export async function finished(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: "Play again" })
    .waitFor()
    .catch(async (error: Error) => {
      if (!(error instanceof errors.TimeoutError)) throw error;
      throw new Error(`the trainings were not over in time: ${await page.locator(".counter").innerText()}`);
    });
}

/** What the page says of the last step, after the pace at which it is spoken. */
export async function standing(page: Page): Promise<string> {
  await page.waitForTimeout(2200);
  return page.locator(".standing").innerText();
}

/** What the address sets. */
export function settingsOf(page: Page): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1)));
}

/** Drops a file on the page, as a hand does. */
export async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const given = await page.evaluateHandle(
    ({ name, text }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], name));
      return transfer;
    },
    { name, text: Buffer.from(bytes).toString("base64") },
  );
  for (const type of ["dragenter", "dragover", "drop"]) {
    await page.locator("body").dispatchEvent(type, { dataTransfer: given });
  }
}

/** Skips a test that takes half a minute, unless all are asked for. */
export function skipSlow({ skip }: Pick<TestContext, "skip">): void {
  skip(!runsAll, "it is slow: LAB_E2E=all runs it");
}
