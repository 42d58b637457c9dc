import { text } from "../../core/index.ts";
import { shorten } from "../schema/columns.ts";
import type { TextColumn } from "../table/table.ts";
import { type Finding, finding } from "./findings.ts";

/** Fewer rows than this say nothing about how frequent a category is. */
const fewestRows = 50;

/**
 * What is doubtful about the categories of a column: some that differ by spaces or case alone, and
 * some that a single row has.
 */
export function checkCategories(
  name: string,
  { codes, dictionary }: Pick<TextColumn, "codes" | "dictionary">,
  isTarget = false,
): Finding[] {
  const counts = new Int32Array(dictionary.length);
  let present = 0;
  for (const code of codes) {
    if (code < 0) continue;
    counts[code]++;
    present++;
  }
  const findings: Finding[] = [];
  const named = isTarget ? `the target ${shorten(name)}` : `column ${shorten(name)}`;
  const alike = alikeIn(dictionary.filter((_, code) => counts[code] > 0));
  if (alike.length > 0) {
    const shown = alike.slice(0, 3).map((texts) => texts.slice(0, 4).map(shorten).join(" and "));
    const more = alike.length > 3 ? `, and ${alike.length - 3} more` : "";
    const statement = `${named} has categories that differ by spaces or case alone: ${shown.join(", ")}${more}`;
    const row = codes.findIndex((code) => code >= 0 && alike[0].slice(1).includes(dictionary[code]));
    findings.push(
      finding("warning", "alike", statement, "write them alike if they are the same", { column: name, row }),
    );
  }
  // Rare classes have findings of their own.
  if (isTarget || present < fewestRows) return findings;
  const single = dictionary.filter((_, code) => counts[code] === 1);
  if (single.length === 0) return findings;
  const shown = `${single.slice(0, 3).map(shorten).join(", ")}${single.length > 3 ? ", …" : ""}`;
  const what = single.length === 1 ? "a category of one row" : `${single.length} categories of one row each`;
  const statement = `${named} has ${what}: ${shown}`;
  const cure = `little can be learned from ${single.length === 1 ? "it" : "them"}`;
  findings.push(finding("note", "rare-category", text`${statement}`, cure, { column: name }));
  return findings;
}

/** Sets of texts that are the same but for spaces and case. */
function alikeIn(texts: readonly string[]): string[][] {
  const sets = new Map<string, string[]>();
  for (const one of texts) {
    const plain = one.normalize("NFKC").trim().replaceAll(/\s+/g, " ").toLowerCase();
    const set = sets.get(plain);
    if (set === undefined) sets.set(plain, [one]);
    else set.push(one);
  }
  return [...sets.values()].filter((set) => set.length > 1);
}
