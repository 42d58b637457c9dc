// Finds a Chromium for the tests that run in a browser, and installs Debian's where there is none
// and that is possible (as root, with apt-get: containers of continuous integration). Prints the
// path, or why there is none; never fails.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/**
 * The path of a Chromium, `CHROMIUM` in the environment coming first; undefined if there is none.
 */
export function findBrowser(): string | undefined {
  return [process.env.CHROMIUM ?? "", ...places].find((path) => existsSync(path));
}

function aptGet(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "pipe"] }).status === 0;
}

/** Where the browser is, or why there is none. */
function setUpBrowser(): { readonly path?: string | undefined; readonly reason?: string } {
  const found = findBrowser();
  if (found) return { path: found };
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get")) {
    return { reason: "install Chromium, or name one in CHROMIUM" };
  }
  if (process.getuid?.() !== 0) return { reason: "install it with: sudo apt-get install chromium" };
  const install = () => aptGet("install", "-y", "--no-install-recommends", "chromium");
  if (!install() && !(aptGet("update") && install())) return { reason: "apt-get cannot install chromium here" };
  return { path: findBrowser() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { path, reason } = setUpBrowser();
  console.log(path ? `browser for the tests: ${path}` : `no browser, its tests are skipped: ${reason}`);
}
