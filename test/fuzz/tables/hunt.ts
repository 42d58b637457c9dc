import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTable } from "../../../packages/cli/src/tables/index.ts";
import { Random } from "../random.ts";
import { csvOf } from "./csv.ts";
import { type Judgement, judge } from "./judge.ts";
import { knownTable } from "./known.ts";

export interface TableFinding {
  readonly seed: number;
  readonly why: string;
  readonly file: Buffer;
}

export interface TableHunt {
  readonly counts: Record<Judgement["came"], number>;
  readonly findings: readonly TableFinding[];
  /** Each kind of refusal, with the first seed: digits and quoted texts are left out of the kind. */
  readonly refusals: ReadonlyMap<string, { count: number; readonly seed: number; readonly why: string }>;
}

/** Writes known tables as CSV files in all manners, reads them again and compares. */
export async function huntTables(
  seed: number,
  count: number,
  { mostFindings = Number.POSITIVE_INFINITY, progress = (_: TableHunt) => {} } = {},
): Promise<TableHunt> {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-tables-"));
  const findings: TableFinding[] = [];
  const refusals = new Map<string, { count: number; readonly seed: number; readonly why: string }>();
  const counts = { back: 0, refused: 0, wrong: 0 };
  const hunt = { counts, findings, refusals };
  try {
    for (let i = 0; i < count && findings.length < mostFindings; i++) {
      const random = new Random(seed + i);
      const known = knownTable(random);
      const file = csvOf(known, random);
      const path = join(folder, "table.csv");
      writeFileSync(path, file);
      const found = await judge(known, () => readTable(path));
      counts[found.came]++;
      if (found.came === "wrong") findings.push({ seed: seed + i, why: found.why, file });
      if (found.came === "refused") {
        const kind = found.why
          .replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
          .replace(/\d+/g, "0")
          .replaceAll(path, "table.csv");
        const known = refusals.get(kind);
        if (known === undefined) refusals.set(kind, { count: 1, seed: seed + i, why: found.why });
        else known.count++;
      }
      progress(hunt);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return hunt;
}
