/**
 * Measures the budgets of the page in Chromium and prints them beside their limits:
 * `npx tsx packages/lab/scripts/budgets.ts`, after `npm --prefix packages/lab run build`. It exits with
 * 1 if one is exceeded. Times are the fastest of several, as a busy machine only adds to them.
 * `--rows 100000` measures a file of so many rows too, `--minutes 10` memory over so many minutes of
 * training while a slider moves, and `--only rows` or `--only minutes` leaves out all the rest.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { openBrowser, serveFolder, siteFolder } from "../e2e/browser.ts";
import { type Held, heldBy } from "./memory.ts";

interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: "kB" | "ms" | "MB";
  /** None for what explains another figure. */
  readonly limit?: number;
}

const { values } = parseArgs({
  options: { rows: { type: "string" }, minutes: { type: "string" }, only: { type: "string" } },
});
const [rows, minutes] = [Number(values.rows ?? 0), Number(values.minutes ?? 0)];
const repeats = 7;
const results: Measured[] = [];

const site = await serveFolder(siteFolder);
const browser = await openBrowser();
try {
  const page = await browser.newPage();
  if (values.only === undefined) await usual(page);
  if (rows > 0) await long(page);
  if (minutes > 0) await steady(page);
} finally {
  await browser.close();
  site.close();
}

for (const { what, value, unit, limit } of results) {
  const shown = `${value.toFixed(unit === "kB" ? 1 : value < 10 ? 1 : 0)} ${unit}`;
  const mark = limit === undefined ? " " : value <= limit ? "✓" : "✗";
  console.log(
    `${mark} ${what.padEnd(66)} ${shown.padStart(10)}${limit === undefined ? "" : `   limit ${limit} ${unit}`}`,
  );
}
process.exitCode = results.every(({ value, limit }) => limit === undefined || value <= limit) ? 0 : 1;

async function usual(page: Page): Promise<void> {
  results.push(...sizes());
  const first: number[] = [];
  for (let i = 0; i < repeats; i++) {
    await page.goto("about:blank");
    await page.goto(site.url);
    first.push(await firstCurveSinceLoad(page));
  }
  add("page opened to first trained frame, warm", first, 300);
  add("slider moved to new curve", await changes(page, "lr"), 50);
  add("another width to new curve", await changes(page, "hidden"), 50);
  add("strip of 16 rates x 500 steps, both sides, of another seed", await strips(page, "seed"), 300);
  add("the same of another width, whose programs are made first", await strips(page, "hidden"));
  const { task, gap } = await mainThread(page);
  add("longest task of the main thread in 3 s of training, processor's time", [task], 16);
  add("the same by the clock, with the turns of workers on its processor", [gap]);
}

/** A table of many rows, from the file that is dropped to the first trained frame. */
async function long(page: Page): Promise<void> {
  const whole: number[] = [];
  const training: number[] = [];
  for (let i = 0; i < 3; i++) {
    await page.goto(`${site.url}#steps=2000`);
    await firstCurveSinceLoad(page);
    const [all, since] = await droppedRows(page, rows);
    whole.push(all);
    training.push(since);
  }
  const what = `${rows.toLocaleString("en-US")} rows x 10 columns`;
  add(`${what} dropped to first trained frame`, whole, 5000);
  add(`${what} read to first trained frame`, training, 5000);
}

/** Memory while the rate and the width change every five seconds, after a minute and at the end. */
async function steady(page: Page): Promise<void> {
  await page.goto(site.url);
  await firstCurveSinceLoad(page);
  await page.evaluate(() => {
    let i = 0;
    setInterval(() => {
      i++;
      const width = i % 2 === 0 ? "" : `&hidden=${40 + (i % 20)}-25`;
      location.hash = `steps=5000&lr=${(0.001 + (i % 100) * 1e-5).toFixed(5)}${width}`;
    }, 5000);
  });
  const seen: Held[] = [];
  for (let i = 0; i <= 2 * minutes; i++) {
    await page.waitForTimeout(30_000);
    const held = await heldBy(browser, page);
    seen.push(held);
    console.log(
      `${((i + 1) / 2).toFixed(1)} min: page ${held.heap.toFixed(1)} MB, process ${held.process.toFixed(0)} MB`,
    );
  }
  // The first minute fills what is filled once.
  const [first, last] = [seen[1], seen[seen.length - 1]];
  results.push({ what: `page's memory, ${minutes} min more`, value: last.heap - first.heap, unit: "MB", limit: 5 });
  results.push({
    what: `process's memory, ${minutes} min more`,
    value: last.process - first.process,
    unit: "MB",
    limit: 50,
  });
}

function add(what: string, times: readonly number[], limit?: number): void {
  results.push({ what, value: Math.min(...times), unit: "ms", ...(limit !== undefined && { limit }) });
}

/**
 * What is loaded before the first training: the page, and the script of a training worker with all that it imports; its four
 * workers load it once. What either asks for later is left out, and so is the worker that reads files.
 */
function sizes(): Measured[] {
  const assets = join(siteFolder, "assets");
  const names = readdirSync(assets);
  const size = (path: string) => gzipSync(readFileSync(path)).length / 1000;
  const sum = (found: Iterable<string>) => [...found].reduce((sum, name) => sum + size(join(assets, name)), 0);
  const page = sum(names.filter((name) => name.startsWith("index-"))) + size(join(siteFolder, "index.html"));
  const workers = names.filter((name) => name.startsWith("worker-")).map((name) => sum(importedBy(assets, name)));
  return [
    { what: "page, compressed", value: page, unit: "kB", limit: 150 },
    {
      what: "page and library in the worker, compressed",
      value: page + Math.max(...workers),
      unit: "kB",
      limit: 150,
    },
  ];
}

/** A script, and all that it imports before it runs. */
function importedBy(folder: string, script: string, found = new Set<string>()): Set<string> {
  if (found.has(script)) return found;
  found.add(script);
  for (const [, name] of readFileSync(join(folder, script), "utf8").matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
    importedBy(folder, name, found);
  }
  return found;
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

async function strips(page: Page, setting: "seed" | "hidden"): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 2 * repeats; i++) {
    await page.evaluate(
      (text) => {
        performance.clearMeasures();
        location.hash = text;
      },
      setting === "seed" ? `seed=${i + 1}` : `hidden=${60 + i}-25`,
    );
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

/** What held up the main thread longest, in milliseconds. */
interface Longest {
  /** A task by the time that the processor worked for it: what the page itself takes. */
  readonly task: number;
  /** The gap of a timer that fires all the time: also what the system gave to others meanwhile. */
  readonly gap: number;
}

async function mainThread(page: Page): Promise<Longest> {
  await page.evaluate(async () => {
    location.hash = "steps=100000&lr=0.003";
    await new Promise((resolve) => setTimeout(resolve, 1000));
  });
  await browser.startTracing(page, { categories: ["toplevel"] });
  await page.waitForTimeout(3000);
  const trace = await browser.stopTracing();
  return { task: longestTask(trace), gap: await longestGap(page) };
}

/** Of the threads that show pages, in a trace of Chromium's. */
function longestTask(trace: Buffer): number {
  const { traceEvents: events } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] };
  const threads = new Set(
    events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(threadOf),
  );
  const tasks = events.filter((event) => event.tdur !== undefined && threads.has(threadOf(event)));
  if (tasks.length === 0) throw new Error("the trace has no task of the main thread");
  return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0);
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds that the processor worked. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`;
}

async function longestGap(page: Page): Promise<number> {
  return page.evaluate(async () => {
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

/** How long from a file that is dropped to a frame of its training, and of that from the table that was read. */
async function droppedRows(page: Page, rows: number): Promise<[number, number]> {
  return page.evaluate(async (rows) => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "y"];
    const lines = Array.from({ length: rows }, (_, i) => {
      const x = names.slice(1).map((_, j) => ((i * (j + 3) * 7919) % 10007) / 100);
      return `${x.join(",")},${(x[0] + 2 * x[1]).toFixed(3)}`;
    });
    const transfer = new DataTransfer();
    transfer.items.add(new File([`${names.join(",")}\n${lines.join("\n")}\n`], "long.csv"));
    performance.clearMeasures();
    const began = performance.now();
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
    for (;;) {
      const entry = performance.getEntriesByName("lab: change to curve").at(-1);
      if (entry !== undefined && entry.startTime > began)
        return [entry.startTime + entry.duration - began, entry.duration];
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }, rows);
}
