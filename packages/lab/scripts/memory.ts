import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";

/** What the page holds at a moment, in MB. */
export interface Held {
  /** JavaScript of the page itself, after a collection. */
  readonly heap: number;
  /** The process of the page with its workers and the memory of their programs; NaN where the system does not say. */
  readonly process: number;
}

/** Looks at the memory of a page and its workers. */
export async function heldBy(browser: Browser, page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return { heap: usedSize / 1e6, process: await residentOf(browser) };
}

/** The largest of the processes that show pages; Linux alone says how much memory one has for itself. */
async function residentOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => {
      try {
        const [, kilobytes] = /^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, "utf8")) ?? [];
        return Number(kilobytes) / 1000;
      } catch {
        return Number.NaN;
      }
    });
  return Math.max(...sizes);
}
