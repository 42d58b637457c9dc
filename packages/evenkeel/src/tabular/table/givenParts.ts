import { refuse, text } from "../../core/index.ts";
import { checkRows, columnOf, shorten } from "../schema/columns.ts";
import { textsOf } from "../schema/read.ts";
import type { Schema } from "../schema/schema.ts";
import { groupsOf, withoutValue } from "./blocks.ts";
import { isMissing } from "./rowHashes.ts";
import type { Split } from "./split.ts";
import type { SplitOptions } from "./splitOptions.types.ts";
import type { Table } from "./table.ts";

/** Parts whose rows were given, not drawn. */
export interface GivenParts {
  readonly validation?: Int32Array;
  readonly test?: Int32Array;
  /** 1 for each row of the table that is given to a part; undefined if no part is given. */
  readonly isGiven?: Uint8Array;
  /** @throws RangeError if a group has rows in a given part and in another one */
  readonly checkGroups: (split: Split, group: string) => void;
}

/**
 * The parts that were given as rows, without the rows that have no target.
 * @param strata -1 where the target is missing
 * @throws RangeError if a row is not in the table, or is given twice
 */
export function givenParts(
  table: Table,
  schema: Schema,
  strata: Int32Array,
  { validation, test }: SplitOptions,
): GivenParts {
  const checkGroups = (split: Split, group: string) => checkApart(table, schema, split, group);
  if (typeof validation !== "object" && typeof test !== "object") return { checkGroups };
  const isGiven = new Uint8Array(table.rows);
  const given = (rows: number | Int32Array | undefined, option: string) => {
    if (typeof rows !== "object") return undefined;
    checkRows("splitRows", table, rows);
    for (const row of rows) {
      if (isGiven[row] === 1) {
        throw refuse(
          "conflict",
          "splitRows",
          text`${{ option }}: row ${row} is given twice`,
          "give each row to one part",
        );
      }
      isGiven[row] = 1;
    }
    const kept = rows.filter((row) => strata[row] >= 0).sort();
    if (kept.length > 0 || rows.length === 0) return kept;
    throw refuse("wrong-value", "splitRows", text`${{ option }}: none of the ${rows.length} rows has a target`);
  };
  const parts = { validation: given(validation, "validation"), test: given(test, "test") };
  return {
    ...(parts.validation && { validation: parts.validation }),
    ...(parts.test && { test: parts.test }),
    ...{ isGiven, checkGroups },
  };
}

function checkApart(table: Table, schema: Schema, split: Split, group: string): void {
  const groups = groupsOf(table, schema, group);
  const owner = new Map<number, string>(); // of each group
  for (const part of ["train", "validation", "test"] as const) {
    for (const row of split[part]) {
      if (isMissing(groups, row)) throw withoutValue("group", group, row);
      const other = owner.get(groups[row]) ?? part;
      owner.set(groups[row], other);
      if (other === part) continue;
      const { dictionary } = textsOf(columnOf(table, group), {}, Int32Array.of(row));
      const which = `${shorten(dictionary[0])} of ${shorten(group)}`;
      throw refuse(
        "conflict",
        "splitRows",
        text`${{ option: "group" }}: the group ${which} has rows in ${other} and in ${part}`,
        "give all rows of a group to one part",
        { column: group, row },
      );
    }
  }
}
