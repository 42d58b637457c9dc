import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine, hasEngines } from "../engines.ts";
import { contentFaults } from "./contents.ts";
import { commandFaults, libraryFaults, type Place, projectFaults } from "./install.ts";
import { packAll } from "./pack.ts";
import { typeFaults } from "./types.ts";

/** The newest major version of Node that has long-term support. */
const longTerm = "24";

/** All packages, packed into a temporary folder, which the caller removes, and what is wrong with them. */
export function checkedPackages(): Place & { readonly faults: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-packages-"));
  const packed = packAll(folder);
  const place = { folder, cache: join(folder, "cache"), packed };
  const nodes = [process.execPath, ...(hasEngines ? [engine(longTerm)] : [])];
  const checks: Readonly<Record<string, () => string[]>> = {
    contents: () => packed.flatMap(contentFaults),
    types: () => packed.flatMap(typeFaults),
    library: () => libraryFaults(place, nodes),
    command: () => commandFaults(place, nodes),
    project: () => projectFaults(place, nodes),
  };
  const faults = Object.entries(checks).flatMap(([name, check]) => {
    const start = performance.now();
    const found = check();
    console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
    for (const fault of found) console.error(fault);
    return found;
  });
  return { ...place, faults };
}
