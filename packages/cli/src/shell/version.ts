import { createRequire } from "node:module";

const manifest = createRequire(import.meta.url)("evenkeel/package.json") as { readonly version: string };

/** The library's version, which is the program's. */
export const version = manifest.version;
