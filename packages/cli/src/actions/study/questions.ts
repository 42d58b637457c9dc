import { type Ask, questionOf, questions } from "evenkeel/study";
import { misuse } from "../../shell/errors.ts";
import { flagOf } from "../../shell/flags.ts";
import { nearest } from "../../shell/nearest.ts";
import type { StudyFlags } from "./studyFlags.ts";

/** The values of `--ask`, the default first. */
export const askNames: readonly string[] = questions.map(({ ask }) => ask);

/** The questions about tables rather than pictures. */
const ofTables: readonly Ask[] = [
  ...questions.filter(({ takesPictures }) => takesPictures === undefined).map(({ ask }) => ask),
  "networks",
];

/** Options that have no effect on other questions than these. */
const belongTo: Readonly<Partial<Record<keyof StudyFlags, readonly Ask[]>>> = {
  ...{ target: ofTables, features: ofTables, ignore: ofTables, kind: ofTables, task: ofTables },
  ...{ sql: ofTables, columns: ofTables, format: ofTables, delimiter: ofTables, header: ofTables },
  ...{ null: ofTables, encoding: ofTables, arms: ["normalization", "networks"] },
  ...{ dropout: ["normalization", "placement"], rescale: ["normalization"] },
  ...{ scales: ["normalization"], norms: ["normalization"] },
  ...{ pictureSize: ["pooling"], rgb: ["pooling"] },
};

/**
 * The question that was asked, which is what distinguishes them if only `--arms` was given; undefined
 * for the usual one.
 * @param tableFirst whether no table is given, so that the value of `--ask` may have been meant as
 *   the table
 * @throws CommandError if there is no such question, or an option does not apply to it
 */
export function askOf(flags: StudyFlags, tableFirst = false): Ask | undefined {
  const usual = flags.arms === undefined ? "normalization" : "networks";
  const ask = flags.ask === undefined || flags.ask === true ? usual : flags.ask;
  const known = flags.arms === undefined ? questions : [...questions, questionOf("networks")];
  const found = known.find((question) => question.ask === ask);
  if (found === undefined) {
    const near = nearest(ask, askNames);
    const meant = near === undefined ? "" : ` Did you mean ${near}?`;
    const first = tableFirst ? ` The table stands first: evenkeel study ${ask} --ask placement.` : meant;
    throw misuse("wrong-value", `there is no question "${ask}".${first} There are ${askNames.join(", ")}.`);
  }
  for (const [name, asks] of Object.entries(belongTo)) {
    if (flags[name as keyof StudyFlags] === undefined || asks.includes(found.ask)) continue;
    const flag = flagOf(name);
    if (usual === "networks" && flags.ask === undefined) {
      throw misuse("conflict", `${flag} and --arms exclude each other`, "say all of it in the arms");
    }
    if (name === "arms") throw misuse("conflict", `--ask ${ask} has arms of its own`, "leave --arms out");
    const belongs = asks === ofTables ? "is about tables" : `belongs to --ask ${asks.join(" and ")}`;
    throw misuse("conflict", `${flag} ${belongs}`, `leave it out with --ask ${ask}`);
  }
  return found.ask === "normalization" ? undefined : found.ask;
}
