import { declaredAt, type FlagGroup, flagsOf } from "../../packages/cli/src/commands/declaredFlags.ts";
import type { Option, Options } from "../../packages/evenkeel/src/core/index.ts";

interface Names {
  /** The function whose options they are, where it names a flag of its own for one of them. */
  readonly caller?: string;
  /** The options that the library has too. */
  readonly library?: Options;
}

/**
 * The tables of docs/20-command-options.md: one row per option, a table per heading of the help.
 */
export function docsTable(options: Options, groups: readonly FlagGroup[], names: Names = {}): string {
  return groups.map(({ title, paths }) => tableOf(title, options, paths, names)).join("\n\n");
}

function tableOf(
  title: string,
  options: Options,
  paths: readonly string[],
  { caller = "", library = options }: Names,
): string {
  const rows = paths.map((path) => {
    const option = declaredAt(options, path);
    const name = Object.hasOwn(library, path.split(".")[0]) ? `\`${path}\`` : "";
    const flags = flagsOf(options, path, caller).map((flag) => `\`${flag.flags}\``);
    return `| ${flags.join(", ")} | ${name} | ${cell(option.help)} | ${cell(defaultCell(option))} |`;
  });
  return [`**${title}**`, "", "| flag | option | what it does | default |", "|---|---|---|---|", ...rows].join("\n");
}

function defaultCell({ default: value, defaultText }: Option): string {
  if (defaultText !== undefined) return defaultText;
  return value === undefined ? "" : `\`${String(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/**
 * A page with the text between "<!-- options:name -->" and "<!-- end of options:name -->" replaced.
 */
export function withTable(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- options:${name} -->`, `<!-- end of options:${name} -->`];
  const [before, rest] = page.split(begin);
  if (rest === undefined) throw new Error(`the page has no "${begin}"`);
  const after = rest.includes(end) ? rest.slice(rest.indexOf(end) + end.length) : rest;
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}
