import type { Option, Options } from "evenkeel";
import { bestTraining } from "evenkeel/study";
import { schemaOptions, splitOptions } from "evenkeel/tabular";
import { trainTableOptions } from "evenkeel/train";
import { shellWord } from "../../shell/dialect.ts";
import { flagOf, offFlagOf } from "../../shell/flags.ts";
import { builtinTable } from "../../tables/builtin.ts";
import type { TableFlags } from "../../tables/tableFlags.ts";
import type { Studied } from "./study.ts";

/**
 * The command that trains the arm that the study's validation rows chose, on the same table, in the
 * same way: `evenkeel train cars.csv --target mpg --norm batch --lr 0.01 …`. It leaves out what is
 * the default of `evenkeel train` whatever the table. The training clamps its predictions, which most
 * arms of a study do not. Undefined if there is no result yet, or the network is made by a function.
 */
export function trainCommand({ study, concluded }: Pick<Studied, "study" | "concluded">): string | undefined {
  const best = concluded && bestTraining(concluded.result);
  if (concluded === undefined || best === undefined) return undefined;
  const { source, read, schema, rareClasses } = study.config;
  const { validation, test, group, time } = concluded.result.plan.settings;
  const words = [
    ...(source === null ? [] : [source]),
    ...readingWords(read),
    // A built-in table says what is predicted, and which it is.
    ...(source !== null && builtinTable(source)?.target === schema.target ? [] : ["--target", schema.target]),
    ...wordsOf({ ...schema, target: undefined }, schemaOptions),
    ...wordsOf({ validation, test, group, time }, splitOptions),
    ...wordsOf({ rareClasses, ...best.options }, trainTableOptions),
  ];
  return ["evenkeel", "train", ...words.map(shellWord)].join(" ");
}

/** The flags that the table was read with. */
function readingWords({ sampleSeed, header, units, columns, ...read }: TableFlags): string[] {
  const { sql, limit, sample, encoding, format, delimiter, headerRows, skip, skipFooter } = read;
  const named = { sql, limit, sample, ...(sample !== undefined && sampleSeed !== 0 && { sampleSeed }), columns };
  return [
    ...flagsOf({ ...named, format, encoding, delimiter, headerRows, skip, skipFooter }),
    ...switched("--header", header),
    ...switched("--units", units),
  ];
}

function switched(flag: string, value: boolean | undefined): string[] {
  return value === undefined ? [] : [value ? flag : flag.replace("--", "--no-")];
}

function flagsOf(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).flatMap(([path, value]) => (value === undefined ? [] : [flagOf(path), typed(value)]));
}

/** The flags of declared options, without those that have their default. */
function wordsOf(values: Readonly<Record<string, unknown>>, declared: Options, under = ""): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const option: Option | undefined = declared[name];
    const path = `${under}${name}`;
    if (value === undefined || JSON.stringify(value) === JSON.stringify(option?.default)) return [];
    if (option?.options !== undefined)
      return wordsOf(value as Readonly<Record<string, unknown>>, option.options, `${path}.`);
    if (value === false) return [offFlagOf(path)];
    return value === true ? [flagOf(path)] : [flagOf(path), typed(value)];
  });
}

/** A value as its flag is typed; a comma within a name is escaped. */
function typed(value: unknown): string {
  const name = (text: unknown) => String(text).replaceAll(",", "\\,");
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(name).join(",");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([key, one]) => `${name(key)}=${name(one)}`)
    .join(",");
}
