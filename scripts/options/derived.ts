import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { columnGroup, meaningGroup } from "../../packages/cli/src/commands/columnOptions.ts";
import { studyCaller, studyFlagOptions, studyGroups } from "../../packages/cli/src/commands/studyOptions.ts";
import { trainFlagOptions, trainGroups } from "../../packages/cli/src/commands/trainOptions.ts";
import { studyOptions } from "../../packages/evenkeel/src/study/plan/options.ts";
import { schemaOptions } from "../../packages/evenkeel/src/tabular/schema/schemaOptions.ts";
import { trainTableOptions } from "../../packages/evenkeel/src/train/table/options.ts";
import { trainTreesOptions } from "../../packages/evenkeel/src/train/trees/options.ts";
import { docsTable, withTable } from "./docsTable.ts";
import { optionSets } from "./sets.ts";
import { typesFile } from "./typesFile.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = "docs/20-command-options.md";

/**
 * All that is derived from the declarations of options: files by their paths from the root, and
 * their text.
 */
export function derivedFiles(): Map<string, string> {
  const files = new Map(optionSets.map((set) => [`${set.file}.types.ts`, typesFile(set)]));
  const train = docsTable(trainFlagOptions, [columnGroup, meaningGroup, ...trainGroups], {
    library: { ...trainTableOptions, trees: trainTreesOptions.trees },
  });
  const study = [
    docsTable(schemaOptions, [columnGroup, meaningGroup]),
    docsTable(studyFlagOptions, studyGroups, { caller: studyCaller, library: studyOptions }),
  ].join("\n\n");
  files.set(page, withTable(withTable(readFileSync(join(root, page), "utf8"), "train", train), "study", study));
  return files;
}
