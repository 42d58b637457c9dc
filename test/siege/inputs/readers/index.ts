import type { Reader } from "../reader.ts";
import { folderReaders } from "./folders.ts";
import { modelReaders } from "./models.ts";
import { pictureReaders } from "./pictures.ts";
import { queryReaders } from "./queries.ts";
import { tableReaders } from "./tables.ts";

/** Everything that reads what comes from outside. */
export const readers: readonly Reader[] = [
  ...tableReaders,
  ...queryReaders,
  ...modelReaders,
  ...folderReaders,
  ...pictureReaders,
];
