import { questionOf, type StudyData, type StudyOptions } from "evenkeel/study";
import { checkTable, inferSchema, type SchemaOptions, TableError } from "evenkeel/tabular";
import { schemaOptions, targetOf } from "../../commands/columnOptions.ts";
import { inCommandWords } from "../../commands/commandWords.ts";
import type { PictureFlags } from "../../commands/pictureOptions.ts";
import type { StudyFlags } from "../../commands/study.ts";
import { readTableOf, type TableFlags } from "../../commands/tableOptions.ts";
import type { RunFinding } from "../../records/runs/types.ts";
import type { StudyConfig } from "../../records/studies/studyFolder.ts";
import type { CommandContext } from "../../shell/context.ts";
import type { Output } from "../../shell/terminal.ts";
import { usage } from "../../study/usage.ts";
import type { TableRead } from "../../tables/index.ts";
import { readingProgress } from "../../views/progress/readingProgress.ts";
import { findingLines } from "../../views/study/introduction.ts";

/** What is studied, how it was read, and what was noticed. */
export interface DataRead {
  readonly data: StudyData;
  readonly table: TableRead;
  readonly read: TableFlags & PictureFlags;
  readonly columns: SchemaOptions;
  readonly noticed: readonly Pick<RunFinding, "severity" | "code" | "message">[];
}

/**
 * Reads a table, or pictures where the question is about them: as the study began, or as the flags say.
 * @throws UsageError, TableReadError or TableError for what is wrong with them
 */
export async function readData(
  source: string | undefined,
  flags: StudyFlags,
  began: StudyConfig | undefined,
  { ask }: StudyOptions,
  context: CommandContext,
  output: Output,
): Promise<DataRead> {
  const read = began?.read ?? readFlags(flags);
  const from = source ?? began?.source ?? undefined;
  if (questionOf(ask).takesPictures) {
    // A decoder is loaded for those alone who have pictures.
    const { readPictures } = await import("../../pictures/readPictures.ts");
    const { cwd, signal } = context;
    const { update: onProgress, stop } = readingProgress(output, "pictures");
    const { table, schema, picture } = await readPictures(from, read, { cwd, signal, onProgress }).finally(stop);
    const data = { table: { rows: table.rows, columns: table.columns }, schema, picture };
    return { data, table, read, columns: { target: schema.target }, noticed: table.notes };
  }
  const table = await readTableOf(from, read, context);
  const columns = began?.schema ?? schemaOptions(flags, targetOf(table, flags));
  const schema = usage(() => inferSchema(table, columns));
  const findings = checkTable(table, schema);
  const noticed = [...table.notes, ...inCommandWords(findings)];
  if (findings.some(({ severity }) => severity === "error")) {
    output.writeError(
      findingLines(
        noticed.filter(({ severity }) => severity !== "error"),
        output,
      ),
    );
    throw new TableError(findings);
  }
  return { data: { table: { rows: table.rows, columns: table.columns }, schema }, table, read, columns, noticed };
}

/** The flags that say how the table or the pictures are read, without the others. */
function readFlags(flags: StudyFlags): TableFlags & PictureFlags {
  const { sql, columns, limit, sample, sampleSeed, format, delimiter, header, encoding, pictureSize, rgb } = flags;
  const table = { sql, columns, limit, sample, sampleSeed, format, delimiter, header, null: flags.null, encoding };
  return { ...table, pictureSize, rgb };
}
