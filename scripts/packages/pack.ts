import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Package, packages, root } from "./packages.ts";
import { mustRun } from "./run.ts";

/** A package with the file that npm would publish. */
export interface Packed {
  readonly package: Package;
  readonly path: string;
}

/** Builds all packages from nothing and packs them into a folder. */
export async function packAll(folder: string): Promise<Packed[]> {
  for (const { folder } of packages) rmSync(join(folder, "dist"), { recursive: true, force: true });
  await mustRun("npm", ["run", "--silent", "build"], { cwd: root });
  return Promise.all(
    packages.map(async (one) => {
      // Their prepack would build each again.
      await mustRun("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: one.folder });
      const name = `${one.name.replace("@", "").replace("/", "-")}-${one.manifest.version}.tgz`;
      return { package: one, path: join(folder, name) };
    }),
  );
}
