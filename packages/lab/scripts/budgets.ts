/**
 * Measures the budgets of the page in Chromium and prints them beside their limits:
 * `npx tsx packages/lab/scripts/budgets.ts`, after `npm --prefix packages/lab run build`. It exits with
 * 1 if one is exceeded. Times are the fastest of several, as a busy machine only adds to them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { openBrowser, serveFolder, siteFolder } from "../e2e/browser.ts";

interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: "kB" | "ms" | "MB";
  readonly limit: number;
}

const minutes = Number(process.argv[2] ?? 1);
const repeats = 7;
const results: Measured[] = [...sizes()];

const site = await serveFolder(siteFolder);
const browser = await openBrowser();
try {
  const page = await browser.newPage();
  const first: number[] = [];
  for (let i = 0; i < repeats; i++) {
    await page.goto("about:blank");
    await page.goto(site.url);
    first.push(await firstCurveSinceLoad(page));
  }
  add("page opened to first trained frame, warm", first, 300);
  add("slider moved to new curve", await changes(page, "lr"), 50);
  add("another width to new curve", await changes(page, "hidden"), 50);
  add("strip of 16 rates x 500 steps, both sides", await strips(page), 300);
  add("longest task of the main thread in 3 s of training", [await longestTask(page)], 16);
  const [before, after] = await heapGrowth(page);
  results.push({ what: `heap after ${minutes} min more of training`, value: after - before, unit: "MB", limit: 5 });
} finally {
  await browser.close();
  site.close();
}

for (const { what, value, unit, limit } of results) {
  const shown = `${value.toFixed(unit === "kB" ? 1 : value < 10 ? 1 : 0)} ${unit}`;
  console.log(`${value <= limit ? "✓" : "✗"} ${what.padEnd(58)} ${shown.padStart(10)}   limit ${limit} ${unit}`);
}
process.exitCode = results.every(({ value, limit }) => value <= limit) ? 0 : 1;

function add(what: string, times: readonly number[], limit: number): void {
  results.push({ what, value: Math.min(...times), unit: "ms", limit });
}

/** What is loaded before a table is dropped in: the page with the built-in table, and the workers' script, which is loaded once. */
function sizes(): Measured[] {
  const assets = join(siteFolder, "assets");
  const size = (matches: (name: string) => boolean) =>
    readdirSync(assets)
      .filter(matches)
      .reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length / 1000, 0);
  // The largest: the other one reads files, and is loaded with the first.
  const worker = Math.max(
    ...readdirSync(assets)
      .filter((name) => name.startsWith("worker-"))
      .map((name) => size((other) => other === name)),
  );
  const page =
    size((name) => name.startsWith("index-")) + gzipSync(readFileSync(join(siteFolder, "index.html"))).length / 1000;
  return [
    { what: "page, compressed", value: page, unit: "kB", limit: 150 },
    { what: "page and library in the worker, compressed", value: page + worker, unit: "kB", limit: 150 },
  ];
}

async function firstCurveSinceLoad(page: Page): Promise<number> {
  return page.evaluate(async () => {
    for (;;) {
      const [entry] = performance.getEntriesByName("lab: change to curve");
      if (entry !== undefined) return entry.startTime + entry.duration;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
}

/** Changes a setting by the address, as a link does; how long until a frame of the new training. */
async function changes(page: Page, setting: "lr" | "hidden"): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 2 * repeats; i++) {
    const value = setting === "lr" ? String(0.001 + 0.0001 * i) : `${40 + i}-25`;
    await page.evaluate(
      async ([name, text]) => {
        performance.clearMeasures();
        location.hash = `${name}=${text}`;
      },
      [setting, value] as const,
    );
    times.push(await measured(page, "lab: change to curve"));
    // The strips are of all rates: another rate trains none of them again.
    if (setting === "hidden") await measured(page, "lab: whole strip");
  }
  return times;
}

async function strips(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    await page.evaluate((seed) => {
      performance.clearMeasures();
      location.hash = `seed=${seed + 1}`;
    }, i);
    times.push(await measured(page, "lab: whole strip"));
  }
  return times;
}

async function measured(page: Page, name: string): Promise<number> {
  return page.evaluate(async (name) => {
    for (;;) {
      const [entry] = performance.getEntriesByName(name, "measure");
      if (entry !== undefined) return entry.duration;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }, name);
}

/** The longest time that the main thread was held at once: the longest gap of a timer that fires at every millisecond. */
async function longestTask(page: Page): Promise<number> {
  return page.evaluate(async () => {
    location.hash = "steps=100000&lr=0.003";
    await new Promise((resolve) => setTimeout(resolve, 1000));
    let longest = 0;
    const end = performance.now() + 3000;
    const { port1, port2 } = new MessageChannel();
    await new Promise<void>((resolve) => {
      let last = performance.now();
      port1.onmessage = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (now >= end) resolve();
        else port2.postMessage(0);
      };
      port2.postMessage(0);
    });
    port1.close();
    return longest;
  });
}

/** The page's memory in MB a while into a training, and minutes later. */
async function heapGrowth(page: Page): Promise<[number, number]> {
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize / 1e6;
  };
  await page.evaluate(() => {
    setInterval(() => {
      location.hash = `steps=5000&lr=${(0.001 + Math.random() / 1000).toFixed(6)}`;
    }, 5000);
  });
  await page.waitForTimeout(15_000);
  const before = await heap();
  await page.waitForTimeout(minutes * 60_000);
  return [before, await heap()];
}
