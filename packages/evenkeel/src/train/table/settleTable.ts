import { withoutUndefined } from "../../core/index.ts";
import {
  assertTable,
  type Finding,
  type Schema,
  type SchemaOptions,
  type SettledClasses,
  type Split,
  type SplitOptions,
  schemaOptionsOf,
  settleRareClasses,
  splitRows,
  type Table,
  withoutGroup,
} from "../../tabular/index.ts";
import { rememberingCopies } from "../../tabular/table/copies.ts";
import type { TrainTableOptions } from "./options.types.ts";
import { copiesAcross } from "./planFindings.ts";
import { checkedSplit } from "./split.ts";

/** The options that say what is predicted from which rows. */
interface Wanted extends SchemaOptions, Pick<TrainTableOptions, "rareClasses"> {
  readonly split: Split | SplitOptions;
  readonly seed: number;
}

/** A table that can be trained on. */
export interface SettledTable {
  /** Without rare classes, or with one class for them. */
  readonly table: Table;
  readonly schema: Schema;
  readonly findings: readonly Finding[];
  readonly split: Split;
  /** What was done with rare classes. */
  readonly settled?: SettledClasses | undefined;
}

/**
 * What is decided before any model: the schema, what is done with rare classes, and the split.
 * @throws TableError listing what is wrong with the table
 */
export function settleTable(given: Table, options: Wanted): SettledTable {
  const { rareClasses, split: wanted, seed } = options;
  const asked = schemaOptionsOf(options);
  const known = "train" in wanted ? undefined : rowsNotGiven(given, wanted);
  const {
    table,
    schema: inferred,
    findings: rare,
    settled,
    leftOut,
  } = settleRareClasses(given, asked, rareClasses, known);
  const schema = "train" in wanted ? inferred : withoutGroup(inferred, wanted);
  const findCopies = rememberingCopies();
  const noticed = [...rare, ...assertTable(table, schema, { rareClasses, leftOut }, findCopies)];
  const split =
    "train" in wanted
      ? checkedSplit(table, wanted)
      : splitRows(table, schema, { seed, ...withoutUndefined(wanted) }, findCopies);
  const across = isDrawn(wanted) ? [] : copiesAcross(table, schema, split);
  return { table, schema, findings: [...noticed, ...across], split, settled };
}

/** The rows that were not given to a part: the schema is theirs. Undefined for all rows. */
function rowsNotGiven({ rows }: Table, { validation, test }: SplitOptions): Int32Array | undefined {
  const parts = [validation, test].filter((part) => typeof part === "object");
  if (parts.length === 0) return undefined;
  const isGiven = new Uint8Array(rows);
  for (const part of parts) for (const row of part) isGiven[row] = 1;
  return Int32Array.from({ length: rows }, (_, row) => row).filter((row) => isGiven[row] === 0);
}

/** Whether rows were drawn for all parts: then `splitRows` has kept copies together. */
function isDrawn(wanted: Split | SplitOptions): boolean {
  if ("train" in wanted) return false;
  const { validation, test, group, time } = wanted;
  return typeof validation !== "object" && typeof test !== "object" && group === undefined && time === undefined;
}
