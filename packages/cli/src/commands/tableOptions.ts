import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { CommandContext } from "../shell/context.ts";
import { formats } from "../tables/formats/format.ts";
import type { ReadTableOptions, TableRead } from "../tables/index.ts";
import { TableReadError } from "../tables/readError.ts";
import { wholeNumber } from "./arguments.ts";

/** The heading that help shows these options under. */
const group = "Reading the table:";

/**
 * Adds the options of commands that read a table, and choose its columns. They come back as {@link TableFlags}: a chain of
 * so many options is more than the compiler can infer types of in reasonable time.
 */
export function withTableOptions(command: CommandUnknownOpts): CommandUnknownOpts {
  return withReadOptions(command)
    .optionsGroup(group)
    .option("--columns <names>", "read these columns only, separated by commas", names)
    .addOption(new Option("--format <name>", "what the file is, where its name does not say").choices(formats))
    .optionsGroup("Options:");
}

/** The same for commands that know which columns they need, and use `--format` for what they write. */
export function withReadOptions(command: CommandUnknownOpts): CommandUnknownOpts {
  return command
    .optionsGroup(group)
    .option("--sql <query>", "a query instead of a table: \"select … from 'cars.csv'\"")
    .option("--limit <rows>", "read the first rows only", wholeNumber(1))
    .option("--sample <rows>", "draw so many rows from all of them", wholeNumber(1))
    .option("--sample-seed <n>", "another draw for another number", wholeNumber(0), 0)
    .option("--delimiter <character>", "what stands between the fields of a CSV file; tab for a tab")
    .option("--header", "the first line of a CSV file holds names")
    .option("--no-header", "the first line of a CSV file holds values")
    .option("--null <spellings>", "what stands for a missing value, separated by commas", names)
    .option("--encoding <name>", "of a text file, such as windows-1252")
    .optionsGroup("Options:");
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
