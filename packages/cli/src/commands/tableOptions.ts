import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { formats } from "../tables/formats/format.ts";
import { wholeNumber } from "./arguments.ts";

/** The heading that help shows these options under. */
const group = "Reading the table:";

/**
 * Adds the options of commands that read a table, and choose its columns. They come back as `TableFlags`: a chain of
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

function names(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}
