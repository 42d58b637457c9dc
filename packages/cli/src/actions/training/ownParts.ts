import { text } from "evenkeel/problem";
import { joinTables } from "evenkeel/tabular";
import type { ActionContext } from "../../shell/context.ts";
import { misuse } from "../../shell/errors.ts";
import { listed, nearest } from "../../shell/nearest.ts";
import { printable } from "../../shell/printed.ts";
import { type ReadTableOptions, type TableRead, TableReadError } from "../../tables/index.ts";
import { readTableOf, type TableFlags } from "../../tables/tableFlags.ts";

/** The rows of the parts that have tables of their own, in the table that was joined of all. */
interface OwnRows {
  readonly validation?: Int32Array;
  readonly test?: Int32Array;
}

const parts = ["validation", "test"] as const;

/**
 * Reads a table, and those of one's own to validate by and to test on, as one.
 * @throws CommandError or TableReadError if one cannot be read, or lacks a column
 */
export async function readWithParts(
  source: string | undefined,
  read: TableFlags,
  context: ActionContext,
  reading: Pick<ReadTableOptions, "carry"> = {},
): Promise<{ table: TableRead; rows?: OwnRows }> {
  const { parts: files = {}, ...flags } = read;
  const table = await readTableOf(source, flags, context, reading);
  const named = parts.filter((part) => files[part] !== undefined);
  if (named.length === 0) return { table };
  // A sample is of the table alone, and so is a query.
  const { sql: _, sources: __, limit: ___, sample: ____, ...how } = flags;
  const own: TableRead[] = [];
  for (const part of named) {
    const one = await readPart(part, files[part] ?? "", how, context, reading);
    checkColumns(part, one, table);
    own.push(one);
  }
  const joined = joinTables([table, ...own]);
  const starts = [0, ...joined.parts.slice(1).map(([first]) => first)];
  const placeOf = (row: number) => {
    const at = starts.findLastIndex((start) => row >= start);
    const { source: file, placeOf: placeIn } = at === 0 ? table : own[at - 1];
    const place = placeIn?.(row - starts[at]);
    if (at === 0) return place;
    return `${place ?? `row ${row - starts[at]}`} of ${file}`;
  };
  const notes = own.flatMap((one, i) =>
    one.notes.map((note) => ({
      ...note,
      ...(note.row !== undefined && { row: joined.parts[i + 1][note.row] }),
      message: `--${named[i]}: ${note.message}`,
    })),
  );
  return {
    table: { ...table, ...joined.table, placeOf, notes: [...table.notes, ...notes] },
    rows: Object.fromEntries(named.map((part, i) => [part, joined.parts[i + 1]])),
  };
}

async function readPart(
  part: string,
  file: string,
  flags: TableFlags,
  context: ActionContext,
  { carry }: Pick<ReadTableOptions, "carry">,
): Promise<TableRead> {
  if (file === "-") throw misuse("conflict", `--${part} takes a file, not standard input`, "write the rows into one");
  try {
    return await readTableOf(file, flags, context, { carry });
  } catch (error) {
    if (!(error instanceof TableReadError)) throw error;
    const { statement = "", ...problem } = error.problem;
    throw new TableReadError({ ...problem, statement: text`--${part}: ${statement}` }, error.cause);
  }
}

function checkColumns(part: string, { columns, source }: TableRead, table: TableRead): void {
  const has = columns.map(({ name }) => name);
  const lacking = table.columns.find(({ name }) => !has.includes(name))?.name;
  if (lacking === undefined) return;
  const near = nearest(lacking, has);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  throw misuse(
    "wrong-value",
    `--${part}: ${printable(source)} has no column "${printable(lacking)}", which ${printable(table.source)} has${hint}`,
    `it has ${listed(has)}`,
  );
}
