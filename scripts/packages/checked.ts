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
  const faults = packed.flatMap((one) => [...contentFaults(one), ...typeFaults(one)]);
  const nodes = [process.execPath, ...(hasEngines ? [engine(longTerm)] : [])];
  for (const check of [libraryFaults, commandFaults, projectFaults]) {
    const start = performance.now();
    faults.push(...check(place, nodes));
    console.log(`${check.name.replace("Faults", "")}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  return { ...place, faults };
}
