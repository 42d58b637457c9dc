import { createRequire } from "node:module";

const manifest = createRequire(import.meta.url)("evenkeel/package.json") as { readonly version: string };

/** The version of the library, and of the program. */
export const version = manifest.version;
