import { statSync } from "node:fs";
import { basename } from "node:path";
import type { Packed } from "./pack.ts";
import { type Manifest, packages } from "./packages.ts";
import { mustRun } from "./run.ts";

/** What no user needs. */
const strange =
  /\.(?:test|fixture|cases)\.|\.tsbuildinfo$|\.start-stamp$|(?:^|\/)(?:(?<!^template\/)tsconfig\.json|node_modules\/|\.[^/]+$)/;

/** What is wrong with a tarball: its files, its size, its package.json. */
export async function contentFaults({ package: { name, most }, path }: Packed): Promise<string[]> {
  const cwd = process.cwd();
  const lines = (await mustRun("tar", ["tzf", path], { cwd })).trim().split("\n");
  const files = lines.map((line) => line.replace(/^package\//, ""));
  const manifest = JSON.parse(await mustRun("tar", ["xzfO", path, "package/package.json"], { cwd })) as Manifest;
  const unpacked = Number(await mustRun("sh", ["-c", 'tar xzfO "$0" | wc -c', path], { cwd }));
  const sizes = { packed: statSync(path).size / 1000, unpacked: unpacked / 1000, files: files.length };
  console.log(
    `${basename(path)}: ${sizes.packed.toFixed(0)} kB, unpacked ${sizes.unpacked.toFixed(0)} kB, ${sizes.files} files`,
  );
  const programs = Object.values(manifest.bin ?? {});
  const faults = [
    ...files.filter((file) => strange.test(file)).map((file) => `holds ${file}, which no user needs`),
    ...["package.json", "README.md", "LICENSE", ...programs]
      .filter((file) => !files.includes(file))
      .map((file) => `has no ${file}`),
    ...(files.some((file) => /^dist\/.*\.js$/.test(file)) ? [] : ["has no JavaScript in dist"]),
    ...Object.entries(sizes).flatMap(([what, size]) => {
      const limit = most[what as keyof typeof most];
      return size > limit ? [`has ${size.toFixed(0)} ${what === "files" ? what : `kB ${what}`}, at most ${limit}`] : [];
    }),
    ...manifestFaults(manifest),
  ];
  return faults.map((fault) => `${name} ${fault}`);
}

function manifestFaults(manifest: Manifest): string[] {
  const { private: hidden, license, name, publishConfig, dependencies = {} } = manifest;
  const ours = new Map(packages.map((one) => [one.name, one.manifest]));
  const needed = Object.entries(dependencies);
  return [
    ...(hidden ? ["is private"] : []),
    ...(license === "MIT" ? [] : [`has the licence ${license}`]),
    // npm publishes scoped packages for their owners alone unless told otherwise.
    ...(name.startsWith("@") && publishConfig?.access !== "public"
      ? ['lacks "publishConfig": {"access": "public"}']
      : []),
    ...needed
      .filter(([, range]) => /^(?:file|link|workspace|git|https?):/.test(range))
      .map(([to]) => `has ${to} from here`),
    ...needed.flatMap(([to, range]) => {
      const other = ours.get(to);
      if (other === undefined) return [];
      if (other.private) return [`needs ${to}, which is private`];
      return range === other.version ? [] : [`needs ${to} ${range}, but that is ${other.version}`];
    }),
  ];
}
