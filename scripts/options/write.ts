// Writes what is derived from the declarations of options: the interfaces beside them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { optionSets } from "./sets.ts";
import { typesFile } from "./typesFile.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
for (const set of optionSets) writeFileSync(join(root, `${set.file}.types.ts`), typesFile(set));
