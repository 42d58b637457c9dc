import { questionOf, type StudyData, type StudyOptions } from "evenkeel/study";
import { checkTable, type SchemaOptions, settleRareClasses, TableError, withoutGroup } from "evenkeel/tabular";
import type { PictureFlags } from "../../pictures/pictureFlags.ts";
import type { RunFinding } from "../../records/runs/types.ts";
import type { StudyConfig } from "../../records/studies/studyFolder.ts";
import type { ActionContext } from "../../shell/context.ts";
import type { TableRead } from "../../tables/index.ts";
import { noticed } from "../../tables/noticed.ts";
import { namingPlaces } from "../../tables/places.ts";
import { readTableOf, recordedFlags, type TableFlags, tableFlags } from "../../tables/tableFlags.ts";
import { columnOptions, targetOf, textColumns } from "../columns.ts";
import type { StudyFlags } from "./studyFlags.ts";

/** The data of a study, how it was read, and notes about it. */
interface DataRead {
  readonly data: StudyData;
  readonly table: TableRead;
  readonly read: TableFlags & PictureFlags;
  readonly columns: SchemaOptions;
  readonly noticed: readonly NoticedFinding[];
}

export type NoticedFinding = Pick<RunFinding, "severity" | "code" | "message">;

/**
 * Reads a table, or pictures if the question is about pictures: as the flags say or, for a study
 * that is resumed, as its record says.
 * @throws CommandError, TableReadError or TableError for problems of the data
 */
export async function readData(
  source: string | undefined,
  flags: StudyFlags,
  began: StudyConfig | undefined,
  { ask, group }: StudyOptions,
  context: ActionContext,
): Promise<DataRead> {
  const { pictureSize, rgb, trustSql } = flags;
  const read = began === undefined ? { ...tableFlags(flags), pictureSize, rgb } : { ...began.read, trustSql };
  const from = source ?? began?.source ?? undefined;
  if (questionOf(ask).takesPictures) {
    // Only studies of pictures load a decoder.
    const { readPictures } = await import("../../pictures/readPictures.ts");
    const { cwd, signal, progress } = context;
    const onProgress = (done: number) => progress?.read(done, "pictures");
    const { table, schema, picture } = await readPictures(from, read, { cwd, signal, onProgress }).finally(
      progress?.stop,
    );
    const data = { table: { rows: table.rows, columns: table.columns }, schema, picture };
    return { data, table, read, columns: { target: schema.target }, noticed: table.notes };
  }
  const table = await readTableOf(from, read, context, {
    carry: textColumns(began?.schema ?? columnOptions(flags)),
  });
  const columns = began?.schema ?? { target: targetOf(table, flags), ...columnOptions(flags) };
  const { rareClasses } = began ?? flags;
  context.progress?.doing("checking the table");
  return namingPlaces(table.placeOf, () => {
    const settled = settleRareClasses(table, columns, rareClasses);
    const schema = withoutGroup(settled.schema, { group });
    const findings = [
      ...settled.findings,
      ...checkTable(settled.table, schema, { rareClasses, leftOut: settled.leftOut }),
    ];
    if (findings.some(({ severity }) => severity === "error")) throw new TableError(findings);
    const { rows, columns: values } = settled.table;
    const data = { table: { rows, columns: values }, schema };
    return { data, table, read: recordedFlags(read, table), columns, noticed: noticed(table, findings) };
  }).finally(context.progress?.stop);
}
