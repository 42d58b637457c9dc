import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { browserFlags } from "./browser.ts";

/**
 * Looking at an HTML file as a headless Chromium shows it, over the pipe of its DevTools protocol:
 * nothing is put into the page, so it is seen with its own content security policy.
 */

/** The surroundings of a page: the size of the window in CSS pixels, and its media. */
export interface Surroundings {
  readonly width: number;
  readonly height: number;
  readonly scheme?: "light" | "dark";
  readonly media?: "screen" | "print";
}

/** An HTML file in a window of the browser. */
export interface OpenPage {
  readonly surround: (surroundings: Surroundings) => Promise<void>;
  /** The value of an expression in the page, as JSON; a promise is awaited. */
  readonly evaluate: <T>(expression: string) => Promise<T>;
  /** PNG of the window. */
  readonly screenshot: () => Promise<Buffer>;
}

/** A reply has the number of its command, an event has a method. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A browser that was started for some files. */
export interface StartedBrowser {
  readonly open: (file: string) => Promise<OpenPage>;
  readonly close: () => Promise<void>;
}

export function startBrowser(browser: string): StartedBrowser {
  const profile = mkdtempSync(join(tmpdir(), "evenkeel-browser-"));
  const process = spawn(browser, [...browserFlags, "--remote-debugging-pipe", `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => process.once("close", () => resolve()));
  const [, , , input, output] = process.stdio;
  const devtools = connect(input as Writable, output as Readable, ended);
  return {
    open: (file) => openPage(devtools, pathToFileURL(file).href),
    close: async () => {
      // Killed instead, it would leave processes that still write into the profile.
      await devtools.send("Browser.close").catch(() => process.kill());
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openPage({ send, event }: DevTools, url: string): Promise<OpenPage> {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const page: Send = (method, params) => send(method, params, sessionId as string);
  const evaluate = async <V>(expression: string): Promise<V> => {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await page("Runtime.evaluate", options);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { readonly value: V }).value;
  };
  await page("Page.enable");
  const loaded = event("Page.loadEventFired", sessionId as string);
  await page("Page.navigate", { url });
  await loaded;
  return {
    evaluate,
    surround: async ({ width, height, scheme = "light", media = "screen" }) => {
      await page("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
      const features = [{ name: "prefers-color-scheme", value: scheme }];
      await page("Emulation.setEmulatedMedia", { media, features });
    },
    screenshot: async () => Buffer.from(String((await page("Page.captureScreenshot")).data), "base64"),
  };
}

type Send = (method: string, params?: object, sessionId?: string) => Promise<Readonly<Record<string, unknown>>>;

interface DevTools {
  readonly send: Send;
  /** Resolves when an event of a session comes. */
  readonly event: (method: string, sessionId: string) => Promise<void>;
}

/** Commands, replies and events are JSON, each ended by a zero byte. */
function connect(input: Writable, output: Readable, ended: Promise<void>): DevTools {
  const replies = new Map<number, (reply: Message) => void>();
  const events = new Map<string, () => void>();
  let rest = "";
  output.setEncoding("utf8");
  output.on("data", (text: string) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) {
      const { id, method, sessionId, ...reply } = JSON.parse(message) as Message;
      if (id !== undefined) replies.get(id)?.(reply);
      else events.get(`${method} ${sessionId}`)?.();
    }
  });
  input.on("error", () => {}); // The browser has ended, which every command reports.
  let last = 0;
  const over = ended.then((): Message => ({ error: { message: "the browser ended without a reply" } }));
  return {
    event: (method, sessionId) => new Promise((resolve) => events.set(`${method} ${sessionId}`, resolve)),
    send: async (method, params = {}, sessionId) => {
      const id = ++last;
      const replied = new Promise<Message>((resolve) => replies.set(id, resolve));
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) })}\0`);
      const { result = {}, error } = await Promise.race([replied, over]);
      replies.delete(id);
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result;
    },
  };
}
