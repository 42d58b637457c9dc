import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createViteServer } from "vitest/node";
import { root } from "../sources.ts";

/** Running a module of the repository in a headless Chromium, without any package for it. */

/** Nothing that a test needs is behind these: no GPU, no traffic but that of the page. */
export const browserFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** With these a page may share memory with its workers. */
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** What the page reports: the value, or the error that came in its place. */
interface Report {
  readonly value?: unknown;
  readonly error?: string;
}

/** JSON in a script; `<` is spelled out, so that no text in it ends the script. */
const inScript = (value: unknown) => (JSON.stringify(value) ?? "undefined").replaceAll("<", "\\u003c");

const pageFor = (module: string, name: string, argument: unknown) => `<!doctype html>
<title>test</title>
<script type="module">
  const report = (result) => fetch("/report", { method: "POST", body: JSON.stringify(result) });
  addEventListener("error", ({ message }) => report({ error: message }));
  try {
    const { ${name}: run } = await import("/${module}");
    report({ value: await run(${inScript(argument)}) });
  } catch (error) {
    report({ error: String(error?.stack ?? error) });
  }
</script>`;

/**
 * Calls an exported function of a module in a page and gives what it returns; its argument and
 * result go by way of JSON.
 * @throws Error with what went wrong in the page, or if the browser ends without a report
 */
export async function runInBrowser(
  browser: string,
  module: string,
  name: string,
  argument?: unknown,
): Promise<unknown> {
  let report: (result: Report) => void = () => {};
  const reported = new Promise<Report>((resolve) => {
    report = resolve;
  });
  const server = await createViteServer({
    root,
    configFile: join(root, "vitest.config.ts"),
    logLevel: "error",
    appType: "custom",
    server: { host: "localhost", port: 0, hmr: false, watch: null, headers: isolated },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  server.middlewares.use((request, response, next) => {
    if (request.url === "/") {
      response.setHeader("content-type", "text/html");
      for (const [name, value] of Object.entries(isolated)) response.setHeader(name, value);
      response.end(pageFor(module, name, argument));
    } else if (request.url === "/report") {
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        response.end();
        report(JSON.parse(body));
      });
    } else next();
  });
  const profile = mkdtempSync(join(tmpdir(), "evenkeel-browser-"));
  try {
    await server.listen();
    const [url] = server.resolvedUrls?.local ?? [];
    const process = spawn(browser, [...browserFlags, `--user-data-dir=${profile}`, url], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    process.stderr.on("data", (text) => {
      log += text;
    });
    const ended = new Promise<void>((resolve) => process.once("close", () => resolve()));
    const failed = new Promise<Report>((resolve) => {
      process.once("error", (error) => resolve({ error: String(error) }));
      process.once("close", () => resolve({ error: `the browser ended without a report:\n${log}` }));
    });
    const result = await Promise.race([reported, failed]);
    process.kill();
    await ended;
    if (result.error !== undefined) throw new Error(result.error);
    return result.value;
  } finally {
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
