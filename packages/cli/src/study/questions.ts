import { type Ask, questions } from "evenkeel/study";
import type { StudyFlags } from "../commands/study.ts";
import { nearest } from "../tables/nearest.ts";
import { type Output, widthOf, wrap } from "../terminal.ts";
import { UsageError } from "../usageError.ts";

/** The names that `--ask` knows, the default first. */
export const askNames: readonly string[] = questions.map(({ ask }) => ask);

/** Options that change nothing in the arms of other questions. */
const belongTo: Readonly<Partial<Record<keyof StudyFlags, readonly Ask[]>>> = {
  target: ["normalization", "placement"],
  features: ["normalization", "placement"],
  ignore: ["normalization", "placement"],
  kind: ["normalization", "placement"],
  task: ["normalization", "placement"],
  sql: ["normalization", "placement"],
  scales: ["normalization"],
  norms: ["normalization"],
  rescale: ["normalization"],
  dropout: ["normalization", "placement"],
};

/**
 * The question that was asked; undefined for the default, as if nothing had been said.
 * @param tableFirst where no table is given, what stands after `--ask` was perhaps meant as one
 * @throws UsageError if there is no such question, or an option is given that has no part in it
 */
export function askOf(flags: StudyFlags, tableFirst = false): Ask | undefined {
  const { ask } = flags;
  if (ask === undefined || ask === true || ask === "normalization") return undefined;
  const found = questions.find((question) => question.ask === ask);
  if (found === undefined) {
    const near = nearest(ask, askNames);
    const meant = near === undefined ? "" : ` Did you mean ${near}?`;
    const first = tableFirst ? ` The table stands first: evenkeel study ${ask} --ask placement.` : meant;
    throw new UsageError(`there is no question "${ask}".${first} There are ${askNames.join(", ")}.`);
  }
  for (const [name, asks] of Object.entries(belongTo)) {
    if (flags[name as keyof StudyFlags] === undefined || asks.includes(found.ask)) continue;
    throw new UsageError(`--${name} belongs to --ask ${asks.join(" and ")}; leave it out with --ask ${ask}`);
  }
  return found.ask;
}

/** What `--ask` by itself says. */
export function questionsText(output: Output): string {
  const { colors } = output;
  const width = Math.max(...askNames.map(({ length }) => length)) + 2;
  const lines = questions.map(({ ask, summary }, i) => {
    const text = wrap(`${summary}${i === 0 ? " (the default)" : ""}`, widthOf(output) - width - 2);
    return `  ${colors.bold(ask.padEnd(width))}${text.replaceAll("\n", `\n${" ".repeat(width + 2)}`)}`;
  });
  return `${["What a study can be asked, by evenkeel study TABLE --ask QUESTION:", "", ...lines].join("\n")}\n`;
}
