import type { Column, Table } from "../table/table.ts";
import {
  certainSign,
  decimalOf,
  evidenceOfNumbers,
  type NumberEvidence,
  noEvidence,
  numberEvidence,
  thousandsOf,
  unitOf,
} from "./numberEvidence.ts";
import { usedTexts } from "./read.ts";
import type { ToldKind } from "./schema.ts";
import { isNull, type Nulls } from "./values/nulls.ts";
import { formatOf, type NumberFormat, otherSign, usualFormat } from "./values/numberFormat.ts";

/** How the numbers of a column are read. */
export interface NumberReading {
  /** Undefined for the usual one. */
  readonly numbers?: NumberFormat;
  /** The first text that can be read as two numbers, where nothing in the table says as which. */
  readonly unclear?: string;
  /** The column is of numbers in some notation: those that do not fit this one are mistakes. */
  readonly numeric?: boolean;
}

/** What is said about numbers. */
export interface NumberOptions {
  readonly decimal?: NumberFormat["decimal"] | undefined;
  readonly thousands?: NumberFormat["thousands"] | undefined;
  /** By column, as an example. */
  readonly numberFormats?: Readonly<Record<string, string>> | undefined;
}

/**
 * How the numbers of a table's columns are written. Each says what it can be certain of by itself;
 * where a column cannot, the others decide.
 * @param told the kind that a column was said to be
 */
export function numberReadings(
  table: Table,
  nulls: Nulls,
  told: (name: string) => ToldKind | undefined,
  options: NumberOptions,
): ReadonlyMap<string, NumberReading> {
  const evidence = new Map<string, NumberEvidence>();
  for (const column of table.columns) {
    const kind = told(column.name);
    if (kind !== undefined && kind !== "numeric") continue;
    const isShown = Object.hasOwn(options.numberFormats ?? {}, column.name);
    const found = evidenceOf(column, nulls) ?? (isShown && isOfTexts(column) ? noEvidence() : undefined);
    if (found !== undefined) evidence.set(column.name, found);
  }
  const signs = new Set([...evidence.values()].map(certainSign).filter((sign) => sign !== undefined));
  const ofTable = signs.size === 1 ? [...signs][0] : undefined;
  return new Map([...evidence].map(([name, found]) => [name, readingOf(name, found, ofTable, options)]));
}

/** In which numbers that are unclear are all numbers: nothing is trained on them. */
const eitherFormat: NumberFormat = { decimal: ".", thousands: "," };

function isOfTexts(column: Column): boolean {
  return column.type === "text" || (column.type === "number" && column.fromText === true);
}

function evidenceOf(column: Column, nulls: Nulls): NumberEvidence | undefined {
  if (column.type === "text") return numberEvidence(usedTexts(column, (text) => !isNull(text, nulls)));
  return column.type === "number" && column.fromText ? evidenceOfNumbers(column.values) : undefined;
}

function readingOf(
  name: string,
  evidence: NumberEvidence,
  table: NumberFormat["decimal"] | undefined,
  { decimal, thousands, numberFormats = {} }: NumberOptions,
): NumberReading {
  const example = Object.hasOwn(numberFormats, name) ? formatOf(numberFormats[name]) : undefined;
  const unit = unitOf(evidence);
  if (example !== undefined) {
    const told = example.unseenThousands ? { ...example, ...thousandsOf(evidence, example.decimal) } : example;
    return reading({ ...(unit !== undefined && { unit }), ...told }, true);
  }
  const said = decimal ?? (thousands === "." || thousands === "," ? otherSign(thousands) : undefined);
  const decision = said === undefined ? decimalOf(evidence, table) : { decimal: said };
  if ("unclear" in decision) return { unclear: decision.unclear, ...reading(withUnit(eitherFormat, unit), false) };
  const separated = thousands === undefined ? thousandsOf(evidence, decision.decimal) : { thousands };
  const format = { decimal: decision.decimal, ...separated };
  return reading(withUnit(format, unit), said !== undefined && evidence.numbers * 10 >= evidence.texts * 9);
}

function withUnit(format: NumberFormat, unit: string | undefined): NumberFormat {
  return unit === undefined ? format : { ...format, unit };
}

function reading(numbers: NumberFormat, numeric: boolean): NumberReading {
  const { decimal, thousands, unseenThousands, unit } = numbers;
  const isUsual =
    decimal === usualFormat.decimal &&
    thousands === usualFormat.thousands &&
    unseenThousands === usualFormat.unseenThousands &&
    unit === undefined;
  return { ...(!isUsual && { numbers }), ...(numeric && { numeric }) };
}
