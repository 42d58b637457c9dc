import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { listOf, string, wholeNumber } from "evenkeel/problem";
import { formats } from "../tables/formats/format.ts";
import { mostRecordMegabytes } from "../tables/limits.ts";
import { parserOf } from "./declaredFlags.ts";

/** Names separated by commas; the flag may be repeated. */
export const nameList = parserOf(listOf(string(), "names separated by commas"));

/** The heading that help shows these options under. */
const group = "Reading the table:";

/**
 * Adds the options of commands that read a table, and choose its columns. They come back as
 * `TableFlags`: a chain of so many options is more than the compiler can infer types of in
 * reasonable time.
 */
export function withTableOptions(command: CommandUnknownOpts): CommandUnknownOpts {
  return withReadOptions(command)
    .optionsGroup(group)
    .option("--columns <names>", "read these columns only, separated by commas", nameList)
    .addOption(new Option("--format <name>", "what the file is, where its name does not say").choices(formats))
    .optionsGroup("Options:");
}

/**
 * The same for commands that know which columns they need, and use `--format` for what they write.
 */
export function withReadOptions(command: CommandUnknownOpts): CommandUnknownOpts {
  return command
    .optionsGroup(group)
    .option("--sql <query>", "a query instead of a table: \"select … from 'cars.csv'\"")
    .option("--trust-sql", "let the query, or that of the run, read files that it does not name or list")
    .option("--limit <rows>", "read the first rows only", parserOf(wholeNumber(1)))
    .option("--sample <rows>", "use a random sample of this many rows", parserOf(wholeNumber(1)))
    .option("--sample-seed <n>", "seed of the sample", parserOf(wholeNumber(0)), 0)
    .option("--delimiter <character>", "field separator of a CSV file; tab for tabs")
    .option("--header", "the first line of a CSV file holds names")
    .option("--no-header", "the first line of a CSV file holds values")
    .option("--header-rows <n>", "this many lines of a CSV file hold names", parserOf(wholeNumber(1)))
    .option("--units", "the line of a CSV file below the header holds units, which are left out")
    .option("--no-units", "the line below the header is a row, whatever it looks like")
    .option("--skip <lines>", "leave out lines at the beginning of a CSV file", parserOf(wholeNumber(0)))
    .option("--skip-footer <rows>", "leave out rows at the end of a CSV file, such as totals", parserOf(wholeNumber(0)))
    .option("--encoding <name>", "of a text file, such as windows-1252")
    .option(
      "--max-unpacked <MB>",
      "what a packed file may unpack to, instead of 100 times its size",
      parserOf(wholeNumber(1)),
    )
    .option("--max-columns <n>", "columns that the table may have, where it has very many", parserOf(wholeNumber(1)))
    .option(
      "--max-record <MB>",
      "what a line of CSV, a row of JSON or a text may have, instead of 4",
      parserOf(wholeNumber(1, mostRecordMegabytes)),
    )
    .optionsGroup("Options:");
}
