import { statSync } from "node:fs";
import { resolve } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import Table from "cli-table3";
import {
  type Column,
  type ColumnSchema,
  checkTable,
  type Finding,
  inferSchema,
  type Schema,
  type Task,
} from "evenkeel/tabular";
import { inspectModel } from "../actions/inspect/model.ts";
import { findModel } from "../records/models/findModel.ts";
import { listRuns } from "../records/runs/readRun.ts";
import type { CommandContext } from "../shell/context.ts";
import { type Colors, count, printable, wrap } from "../shell/terminal.ts";
import { builtinTable } from "../tables/builtin.ts";
import type { ReadNote, TableRead } from "../tables/index.ts";
import { TableReadError } from "../tables/readError.ts";
import { type ColumnSummary, summaryOf } from "../tables/summary.ts";
import { inCommandWords } from "./commandWords.ts";
import { readTableOf, type TableFlags, withTableOptions } from "./tableOptions.ts";

const examples = `
Examples:
  evenkeel inspect mpg                       a built-in table
  evenkeel inspect cars.csv --target mpg     and what training would complain of
  evenkeel inspect 'data/*.parquet' --json   for programs
  evenkeel inspect model.safetensors         a model: network, columns, scores
  evenkeel inspect latest                    that of the newest run
  evenkeel inspect --sql "select * from mpg where Cylinders < 8"
`;

const width = 80;

/** What is known of a table, for people and for programs. */
interface Inspection {
  readonly source: string;
  readonly rows: number;
  readonly target?: string;
  readonly task?: Task;
  readonly columns: readonly (ColumnSummary & ColumnSchema & { readonly type: Column["type"] })[];
  readonly findings: readonly (Finding | ReadNote)[];
}

interface Flags extends TableFlags {
  readonly runs: string;
  readonly target?: string;
  readonly json?: true;
}

/** `evenkeel inspect TABLE`: its columns, what they mean, what is missing, and what is doubtful; or a model and what it holds. */
export function inspectCommand(context: CommandContext): CommandUnknownOpts {
  const { output } = context;
  return withTableOptions(new Command("inspect"))
    .description(
      "Shows a table: its columns, what they mean, what is missing, and what is doubtful about it. Or a model: its network, " +
        "columns and scores.",
    )
    .argument("[table]", "a file, a pattern, - for standard input, a built-in table, a .safetensors file, or a run")
    .option("--runs <folder>", "where runs are kept", "runs")
    .option("--target <column>", "the column to predict: says what training would complain of")
    .option("--json", "for programs: everything, as JSON")
    .addHelpText("after", examples)
    .action(async (...given) => {
      const [source, flags] = given as unknown as [string | undefined, Flags];
      const model = source === undefined ? undefined : modelNamed(source, context.cwd, flags.runs);
      if (model !== undefined) return inspectModel(model, context, { json: flags.json });
      const table = await readTableOf(source, flags, context);
      const inspection = inspect(table, flags.target);
      output.write(flags.json ? `${JSON.stringify(inspection, null, 2)}\n` : shown(inspection, output.colors));
    });
}

/** The file of a model, if that is meant: a safetensors file, or a run where no table is called so. */
function modelNamed(source: string, cwd: string, runs: string): string | undefined {
  const isFile = /\.safetensors$/i.test(source);
  if (!isFile && (source === "-" || builtinTable(source) !== undefined)) return undefined;
  const found = statSync(resolve(cwd, source), { throwIfNoEntry: false });
  if (isFile || found?.isDirectory()) return findModel(source, { cwd, runs }).path;
  if (found !== undefined) return undefined;
  const folder = resolve(cwd, runs);
  const known = statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : listRuns(folder);
  const isRun = source === "latest" || known.some(({ id }) => id.startsWith(source));
  return isRun ? findModel(source, { cwd, runs }).path : undefined;
}

/** @throws TableReadError if the target is no column of the table, or cannot be predicted */
export function inspect(table: TableRead, wanted?: string): Inspection {
  const fallback = table.columns.some(({ name }) => name === table.target) ? table.target : undefined;
  const target = wanted ?? fallback;
  const schema = target === undefined ? undefined : schemaFor(table, target);
  const kinds = schema?.columns ?? kindsOf(table);
  const found = schema ? checkTable(table, schema) : findingsWithoutTarget(table);
  return {
    source: table.source,
    rows: table.rows,
    target,
    task: schema?.task,
    columns: table.columns.map((column, i) => ({ ...kinds[i], type: column.type, ...summaryOf(column, kinds[i]) })),
    findings: [...table.notes, ...inCommandWords(found)],
  };
}

function schemaFor(table: TableRead, target: string): Schema {
  try {
    return inferSchema(table, { target });
  } catch (error) {
    throw new TableReadError((error as Error).message.replace(/^inferSchema: /, ""), { cause: error });
  }
}

/** A schema with any column as its target: what the others are does not depend on which it is. */
function anySchema(table: TableRead, not?: string): Schema | undefined {
  for (const { name } of table.columns) {
    if (name === not) continue;
    try {
      return inferSchema(table, { target: name });
    } catch {
      // A column that cannot be predicted; another can.
    }
  }
  return undefined;
}

function kindsOf(table: TableRead): readonly ColumnSchema[] {
  const schema = anySchema(table);
  const other = anySchema(table, schema?.target);
  return table.columns.map(({ name, type }, i) => {
    const known = name === schema?.target ? other : schema;
    const plain = { number: "numeric", boolean: "boolean", date: "date", text: "category" } as const;
    return known?.columns[i] ?? { name, kind: plain[type], use: "feature" };
  });
}

/** What is doubtful about columns by themselves, whatever is predicted. */
function findingsWithoutTarget(table: TableRead): Finding[] {
  const schema = anySchema(table);
  if (schema === undefined) return [];
  const other = anySchema(table, schema.target);
  const about = (one: Schema, of: (name: string) => boolean) =>
    checkTable(table, one).filter(({ code, column }) => code !== "leak" && column !== undefined && of(column));
  return [
    ...(other ? about(other, (name) => name === schema.target) : []),
    ...about(schema, (name) => name !== schema.target),
  ];
}

function shown({ source, rows, target, task, columns, findings }: Inspection, colors: Colors): string {
  const predicted = target === undefined ? "" : `, to predict ${printable(target)} (${task})`;
  const head = wrap(
    `${printable(source)}: ${rows.toLocaleString("en")} rows, ${count(columns.length, "column")}${predicted}`,
    width,
  );
  const table = newTable(colors);
  for (const column of columns) {
    const { name, kind, use, missing } = column;
    const label = use === "target" ? colors.bold(printable(name)) : printable(name);
    const meaning = use === "ignored" ? colors.dim(`${kind}, ignored`) : use === "target" ? `${kind}, target` : kind;
    table.push([label, meaning, values(column), missing === 0 ? "" : percentage(missing, rows)]);
  }
  const marks = { error: colors.red("error"), warning: colors.yellow("warning"), note: colors.dim("note") };
  const lines = findings.map(({ severity, message }) => {
    const [first, ...rest] = wrap(printable(message), width - 9).split("\n");
    const label = `${marks[severity]}${" ".repeat(9 - severity.length)}`;
    return [`${label}${first}`, ...rest.map((line) => " ".repeat(9) + line)].join("\n");
  });
  return `${[colors.bold(head), "", table.toString(), ...(lines.length > 0 ? ["", ...lines] : [])].join("\n")}\n`;
}

function newTable(colors: Colors) {
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", left: "", right: "" };
  const bottom = { bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" };
  return new Table({
    head: ["column", "kind", "values", "missing"].map((cell) => colors.bold(cell)),
    colWidths: [22, 17, 28, 7], // and two spaces between
    colAligns: ["left", "left", "left", "right"],
    chars: { ...none, ...bottom, "left-mid": "", mid: "─", "mid-mid": "──", "right-mid": "", middle: "  " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
}

function values({ lowest, highest, mean, distinct, most = [] }: ColumnSummary): string {
  if (typeof lowest === "number") return `${short(lowest)} to ${short(Number(highest))}, mean ${short(mean!)}`;
  if (lowest !== undefined)
    return lowest === highest ? lowest : `${lowest.slice(0, 10)} to ${String(highest).slice(0, 10)}`;
  if (distinct === undefined || distinct === 0) return "none";
  return `${distinct}: ${most.map(({ value, rows }) => `${printable(value)} ${rows}`).join(", ")}`;
}

/** Four digits are enough to look at: 23.51, 4.4e7. */
function short(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) < 1e6)
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  return value.toExponential(3).replace(/\.?0*e\+/, "e");
}

function percentage(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return percent < 0.1 ? "<0.1%" : `${percent.toFixed(1)}%`;
}
