import { type Ask, questions } from "evenkeel/study";
import { misuse } from "../../shell/errors.ts";
import { flagOf } from "../../shell/flags.ts";
import { nearest } from "../../shell/nearest.ts";
import type { StudyFlags } from "./studyFlags.ts";

/** The values of `--ask`, the default first. */
export const askNames: readonly string[] = questions.map(({ ask }) => ask);

const ofTables: readonly Ask[] = ["normalization", "placement"];

/** Options that have no effect on other questions than these. */
const belongTo: Readonly<Partial<Record<keyof StudyFlags, readonly Ask[]>>> = {
  ...{ target: ofTables, features: ofTables, ignore: ofTables, kind: ofTables, task: ofTables },
  ...{ sql: ofTables, columns: ofTables, format: ofTables, delimiter: ofTables, header: ofTables },
  ...{ null: ofTables, encoding: ofTables, dropout: ofTables },
  ...{ scales: ["normalization"], norms: ["normalization"], rescale: ["normalization"] },
  ...{ pictureSize: ["pooling"], rgb: ["pooling"] },
};

/**
 * The question that was asked; undefined if `--ask` was not given.
 * @param tableFirst whether no table is given, so that the value of `--ask` may have been meant as
 *   the table
 * @throws CommandError if there is no such question, or an option does not apply to it
 */
export function askOf(flags: StudyFlags, tableFirst = false): Ask | undefined {
  const ask = flags.ask === undefined || flags.ask === true ? "normalization" : flags.ask;
  const found = questions.find((question) => question.ask === ask);
  if (found === undefined) {
    const near = nearest(ask, askNames);
    const meant = near === undefined ? "" : ` Did you mean ${near}?`;
    const first = tableFirst ? ` The table stands first: evenkeel study ${ask} --ask placement.` : meant;
    throw misuse("wrong-value", `there is no question "${ask}".${first} There are ${askNames.join(", ")}.`);
  }
  for (const [name, asks] of Object.entries(belongTo)) {
    if (flags[name as keyof StudyFlags] === undefined || asks.includes(found.ask)) continue;
    throw misuse(
      "conflict",
      `${flagOf(name)} belongs to --ask ${asks.join(" and ")}`,
      `leave it out with --ask ${ask}`,
    );
  }
  return found.ask === "normalization" ? undefined : found.ask;
}
