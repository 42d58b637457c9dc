import { spawn } from "node:child_process";

/** What the browser is asked to open pages with. */
export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The program that opens an address, and its arguments before that; undefined where nothing can be shown. */
export function openerOf({ platform, environment }: Desktop): readonly [string, ...string[]] | undefined {
  if (platform === "darwin") return ["open"];
  // Of `start` a shell would read the address.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  // Without a screen xdg-open begins a browser in the terminal, where the command is.
  const hasScreen = ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => (environment[name] ?? "") !== "");
  return hasScreen ? ["xdg-open"] : undefined;
}

/**
 * Asks the system to open an address in the browser. Whether it does cannot be known: the address is
 * printed for those whose browser did not open.
 *
 * @returns whether it was asked
 */
export async function openBrowser(url: string, desktop: Desktop): Promise<boolean> {
  const opener = openerOf(desktop);
  if (opener === undefined) return false;
  const [program, ...args] = opener;
  return await new Promise((resolve) => {
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true, env: { ...desktop.environment } });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
