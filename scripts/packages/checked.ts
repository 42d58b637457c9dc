import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine, hasEngines } from "../engines.ts";
import { contentFaults } from "./contents.ts";
import { commandFaults, libraryFaults, mpiFaults, type Place, projectFaults } from "./install.ts";
import { type Packed, packAll } from "./pack.ts";
import { typeFaults } from "./types.ts";

/** The newest major version of Node that has long-term support. */
const longTerm = "24";

/** All packages, packed into a temporary folder, which the caller removes, and what is wrong with them. */
export async function checkedPackages(): Promise<Place & { readonly faults: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-packages-"));
  const packed = await packAll(folder);
  const place = { folder, cache: join(folder, "cache"), packed };
  const nodes = [process.execPath, ...(hasEngines ? [engine(longTerm)] : [])];
  const each = (check: (one: Packed) => Promise<string[]>) => async () => (await Promise.all(packed.map(check))).flat();
  const checked = async (name: string, check: () => Promise<string[]>) => {
    const start = performance.now();
    const found = await check();
    console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
    for (const fault of found) console.error(fault);
    return found;
  };
  const contents = await checked("contents", each(contentFaults));
  // npm takes a processor for itself, so two lines of checks take hardly longer than the longer one.
  const inUse = async () => [
    ...(await checked("command", () => commandFaults(place, nodes))),
    ...(await checked("project", () => projectFaults(place, nodes))), // by the command
  ];
  const others = async () => [
    ...(await checked("types", each(typeFaults))),
    ...(await checked("library", () => libraryFaults(place, nodes))),
    ...(await checked("mpi", () => mpiFaults(place, nodes))),
  ];
  const rest = await Promise.all([inUse(), others()]);
  return { ...place, faults: [contents, ...rest].flat() };
}
