// Writes what is derived from the declarations of options: interfaces beside them, tables of the
// documentation.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { derivedFiles } from "./derived.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
for (const [path, text] of derivedFiles()) writeFileSync(join(root, path), text);
