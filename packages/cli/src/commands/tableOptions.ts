import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { formats } from "../tables/format.ts";
import type { ReadTableOptions, TableRead } from "../tables/index.ts";
import { TableReadError } from "../tables/readError.ts";
import type { CommandContext } from "./context.ts";

/**
 * Adds the options of every command that reads a table. The type of the command does not say so: with as many options the
 * compiler would take minutes to write such types down.
 */
export function withTableOptions(command: Command): Command {
  const options = [
    new Option("--sql <query>", "a query instead of a table: \"select … from 'cars.csv'\""),
    new Option("--columns <names>", "read these columns only, separated by commas").argParser(names),
    new Option("--limit <rows>", "read the first rows only").argParser(wholeNumber),
    new Option("--sample <rows>", "draw so many rows from all of them").argParser(wholeNumber),
    new Option("--sample-seed <n>", "another draw for another number").argParser(seedNumber).default(0),
    new Option("--format <name>", "what the file is, where its name does not say").choices(formats),
    new Option("--delimiter <character>", "what stands between the fields of a CSV file; tab for a tab"),
    new Option("--header", "the first line of a CSV file holds names"),
    new Option("--no-header", "the first line of a CSV file holds values"),
    new Option("--null <spellings>", "what stands for a missing value, separated by commas").argParser(names),
    new Option("--encoding <name>", "of a text file, such as windows-1252"),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

/** What commander makes of them. */
export interface TableFlags {
  readonly sql?: string;
  readonly columns?: readonly string[];
  readonly limit?: number;
  readonly sample?: number;
  readonly sampleSeed: number;
  readonly format?: ReadTableOptions["format"];
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly null?: readonly string[];
  readonly encoding?: string;
}

/**
 * Reads the table that an argument and these options mean.
 *
 * @throws TableReadError if it cannot be read, or neither a table nor a query is named
 */
export async function readTableOf(
  source: string | undefined,
  flags: TableFlags,
  { cwd, signal, stdin }: CommandContext,
  onProgress?: (rows: number) => void,
): Promise<TableRead> {
  const { sql, columns, limit, sample, sampleSeed, format, delimiter, header, encoding } = flags;
  if ((source === undefined) === (sql === undefined)) {
    throw new TableReadError(
      source === undefined
        ? "name a table, or give a query with --sql"
        : "a table and --sql exclude each other: name the table in the query",
    );
  }
  const options: ReadTableOptions = {
    ...{ columns, limit, sample, seed: sampleSeed, format, delimiter, header, nullStrings: flags.null, encoding },
    ...{ cwd, signal, stdin, onProgress },
  };
  // The database takes a while to load, and --help needs none.
  const { readTable } = await import("../tables/index.ts");
  try {
    return await readTable(source ?? { sql: sql! }, options);
  } catch (error) {
    // What is wrong with an option is no fault of the program either.
    if (error instanceof RangeError) throw new TableReadError(error.message.replace(/^readTable: /, "--"));
    throw error;
  }
}

function names(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("Expected a whole number from 1.");
}

function seedNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("Expected a whole number from 0.");
}
