import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Figures, type Finding, type Table, words } from "./finding.ts";
import { findings } from "./findings.ts";

/**
 * The pages of docs/evidence. Their prose is written by hand; what stands between `<!-- figures
 * NAME -->` and `<!-- end -->` comes from the stored figures.
 */

const folder = fileURLToPath(new URL("../docs/evidence/", import.meta.url));
const index = `${folder}README.md`;
const pageOf = ({ name }: Finding) => `${folder}${name}.md`;
const figuresFile = ({ name }: Finding) => `${folder}figures/${name}.json`;
const timesFile = `${folder}figures/times.json`;

/** Undefined before they were stored for the first time. */
export function storedFigures(finding: Finding): Figures | undefined {
  const path = figuresFile(finding);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Figures) : undefined;
}

/** Seconds of processor time by the name of the finding. */
function storedTimes(): Record<string, number> {
  return existsSync(timesFile) ? (JSON.parse(readFileSync(timesFile, "utf8")) as Record<string, number>) : {};
}

/** @param seconds of processor time */
export function store(finding: Finding, figures: Figures, seconds: number): void {
  writeFileSync(figuresFile(finding), `${json(figures)}\n`);
  const times = { ...storedTimes(), [finding.name]: Math.round(seconds) };
  const sorted = Object.fromEntries(findings.flatMap(({ name }) => (name in times ? [[name, times[name]]] : [])));
  writeFileSync(timesFile, `${json(sorted)}\n`);
}

/** Each row of a table on a line of its own. */
function json(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null || indent.length === 8) return JSON.stringify(value);
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => inner + json(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${json(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${items.join(",\n")}\n${indent}${close}`;
}

/** A table as Markdown. */
export function markdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map((row) => line(row.map(words)))].join("\n");
}

/** The pages as they should be, by path. */
export function pages(): Map<string, string> {
  const times = storedTimes();
  const stored = findings.flatMap((finding) => {
    const figures = storedFigures(finding);
    return figures === undefined ? [] : [{ finding, figures, seconds: times[finding.name] }];
  });
  const result = new Map<string, string>();
  for (const { finding, figures, seconds } of stored) {
    const tables = Object.entries(figures.tables).map(([name, table]) => [name, markdown(table)] as const);
    const answer = `**${verdictWords(figures)}** ${figures.sentence}`;
    const command = `\`npm run evidence -- ${finding.name}\` makes these figures in ${seconds} s of processor time, on one core.`;
    const parts = { ...Object.fromEntries(tables), answer, command };
    result.set(pageOf(finding), filled(pageOf(finding), parts));
  }
  const rows = stored.map(({ finding: { name, title }, figures, seconds }) => [
    `[${title}](${name}.md)`,
    `**${verdictWords(figures)}** ${figures.sentence}`,
    `\`npm run evidence -- ${name}\``,
    `${seconds} s`,
  ]);
  const table = markdown({ columns: ["finding", "here", "command", "time"], rows });
  result.set(index, filled(index, { index: table }));
  return result;
}

function verdictWords({ verdict }: Figures): string {
  return `${verdict[0].toUpperCase()}${verdict.slice(1)}.`;
}

/** @throws Error for a part that the page has no place for, or a place without a part */
function filled(path: string, parts: Readonly<Record<string, string>>): string {
  const places = /<!-- figures (\w+) -->\n[\s\S]*?<!-- end -->/g;
  const text = readFileSync(path, "utf8");
  const named = [...text.matchAll(places)].map(([, name]) => name);
  const missing = Object.keys(parts).filter((name) => !named.includes(name));
  const unknown = named.filter((name) => !(name in parts));
  if (missing.length + unknown.length > 0) {
    throw new Error(`${path} has no place for [${missing}], and places without figures: [${unknown}]`);
  }
  return text.replace(places, (_, name: string) => `<!-- figures ${name} -->\n\n${parts[name]}\n\n<!-- end -->`);
}
