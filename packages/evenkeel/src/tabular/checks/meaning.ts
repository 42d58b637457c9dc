import { type Text, text } from "../../core/index.ts";
import { codeAmong } from "../schema/codes.ts";
import { shorten } from "../schema/columns.ts";
import { datesOf, type Misfit, numbersOf, type Reading, usedTexts } from "../schema/read.ts";
import type { ColumnReading } from "../schema/schema.ts";
import { numberDates } from "../schema/values/dateFormat.ts";
import { dateText } from "../schema/values/dates.ts";
import { isNull, noneWords, nullsOf } from "../schema/values/nulls.ts";
import { exampleOf, numberParser, plainNumber, type TwoReadings, usualFormat } from "../schema/values/numberFormat.ts";
import type { Column } from "../table/table.ts";
import { type Finding, finding } from "./findings.ts";

type Add = (code: Finding["code"], statement: Text, cure?: Text, severity?: Finding["severity"], row?: number) => void;

/**
 * What was made of a column's texts where they are not plain: how numbers and dates were read,
 * codes that look like numbers, values that look like missing ones; and what is in doubt.
 */
export function meaningFindings(column: Column, schema: ColumnReading): Finding[] {
  const findings: Finding[] = [];
  const add: Add = (code, statement, cure, severity = "note", row?: number) => {
    const cell = { column: column.name, ...(row !== undefined && { row }) };
    findings.push(finding(severity, code, text`column ${shorten(column.name)} ${statement}`, cure, cell));
  };
  switch (schema.kind) {
    case "numeric":
      if (schema.unclear !== undefined) addUnclear(column.name, schema, schema.unclear, add);
      else addNumbers(column, schema, add);
      addDateHint(column, schema, add);
      break;
    case "date":
      addDates(column, schema, add);
      break;
    case "category":
      addOdd(column, schema, add);
      addCodes(column, schema, add);
      addValues(schema, add);
      break;
    case "text":
      addOdd(column, schema, add);
      break;
    case "boolean":
      break;
    default:
      schema.kind satisfies never;
  }
  return findings;
}

function addUnclear(name: string, { numbers }: ColumnReading, unclear: string, add: Add): void {
  const unit = numbers?.unit === undefined ? {} : { unit: numbers.unit };
  const read = (decimal: "." | ",") => {
    return numberParser({ ...unit, decimal, thousands: decimal === "." ? "," : "." })(unclear);
  };
  const [point, comma] = [read("."), read(",")];
  add(
    "unclear-numbers",
    `holds ${shorten(unclear)}, which is ${point} or ${comma}, and nothing in the table says which`,
    text`${{ option: "decimal", value: "." }} reads ${point}, ${{ option: "decimal", value: "," }} ${comma}; of this column alone, ${{ option: "numberFormats", key: name, value: "1,234.56" }} or "1.234,56" says it`,
    "error",
  );
}

/** A text of a row that is not trained on, where no other text has its sign of thousands. */
export function unseenSign(
  name: string,
  { numbers = usualFormat }: Reading,
  { row, value }: Misfit,
  doubt: TwoReadings,
): Finding {
  const [whole, fraction] = doubt.values;
  const statement = `column ${shorten(name)} holds ${shorten(value)} in row ${row}, which is ${whole} or ${fraction}: no number of the training rows has a sign of thousands`;
  const seen = exampleOf({ decimal: numbers.decimal, thousands: numbers.thousands });
  const cure = text`write ${doubt.written[0]} or ${doubt.written[1]}, or say ${{ option: "numberFormats", key: name, value: seen }}, which reads ${whole}`;
  return finding("error", "unclear-numbers", statement, cure, { column: name, row });
}

/** Values of a column that has texts, without those that are missing. */
function textsIn(column: Column, { nulls }: Reading): Iterable<string> {
  const missing = nullsOf(nulls);
  if (column.type === "text") return usedTexts(column, (text) => !isNull(text, missing));
  return column.type === "number" && column.fromText ? textsOfNumbers(column.values) : [];
}

function* textsOfNumbers(values: Float64Array | Float32Array): Iterable<string> {
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) yield String(values[i]);
}

/** So many texts are searched for an example. */
const mostTexts = 10_000;

/** The first text that is not plain, and the first that JavaScript would take for another number. */
function addNumbers(column: Column, schema: ColumnReading, add: Add): void {
  if (column.type !== "text" && schema.numbers === undefined) return;
  const parse = numberParser(schema.numbers);
  let [special, other, isBare] = [undefined as string | undefined, undefined as string | undefined, false];
  let looked = 0;
  for (const given of textsIn(column, schema)) {
    if (looked++ > mostTexts) break;
    const shown = given.trim();
    const isPlain = plainNumber.test(shown);
    isBare ||= isPlain;
    if (isPlain) {
      const value = parse(shown);
      if (other === undefined && !Number.isNaN(value) && value !== Number(shown)) other = shown;
    } else if (special === undefined && Number.isFinite(parse(shown))) special = shown;
  }
  const examples = [special, other].filter((example) => example !== undefined);
  if (examples.length === 0) return;
  const read = examples.map((example) => `${shorten(example)} is read as ${parse(example)}`);
  const unit = schema.numbers?.unit;
  const bare = unit !== undefined && isBare ? `; numbers without ${shorten(unit)} are read as they stand` : "";
  add("number-format", `is numeric: ${read.join(", ")}${bare}`);
}

const timeNames = /time|date|stamp|epoch|created|updated|^ts$|[_-]ts$|[_-]at$/i;
/** From 1990 to 2040, in seconds since 1970. */
const likelySeconds = [631_152_000, 2_240_611_200] as const;

/** Numbers that may be dates: taken for numbers, 20191231 and 20200101 are far apart. */
function addDateHint(column: Column, schema: ColumnReading, add: Add): void {
  if (column.type === "date" || column.type === "boolean" || schema.unclear !== undefined) return;
  const all = numbersOf(column, schema);
  // Seldom does it take more than the first value.
  if (all.some((value) => value < 19_000_101)) return;
  const values = all.filter((value) => !Number.isNaN(value));
  if (values.length < 3) return;
  const dates = numberDates(values);
  if (dates === undefined) return;
  if (dates === "yyyymmdd") {
    if (values.some((value) => value > 21_001_231)) return;
  } else {
    const [first, last] = likelySeconds.map((time) => (dates === "seconds" ? time : time * 1000));
    if (!values.every((value) => value >= first && value <= last)) return;
    const isAscending = values.every((value, i) => i === 0 || value >= values[i - 1]);
    if (!isAscending && !timeNames.test(column.name)) return;
  }
  const what = dates === "yyyymmdd" ? "dates such as" : `times in ${dates} since 1970, such as`;
  const cure = text`${{ option: "dateFormats", key: column.name, value: dates }} reads them so`;
  add("date-numbers", `is numeric, and may hold ${what} ${values[0]}`, cure);
}

const day = 86_400_000;

function addDates(column: Column, schema: ColumnReading, add: Add): void {
  const { dates } = schema;
  if (dates === "dmy" || dates === "mdy") {
    const first = dates === "dmy" ? "day" : "month";
    add("date-order", `holds dates of numbers alone, which are read with the ${first} first`);
  }
  if (column.type === "date" || (dates !== "yyyymmdd" && dates !== "seconds" && dates !== "milliseconds")) return;
  const times = datesOf(column, schema);
  const row = times.findIndex((time) => !Number.isNaN(time));
  const given = column.type === "text" ? column.dictionary[column.codes[row]] : String(column.values[row]);
  const days = new Set<number>();
  for (let i = 0; i < times.length && days.size < 2; i++)
    if (!Number.isNaN(times[i])) days.add(Math.floor(times[i] / day));
  const how = dates === "yyyymmdd" ? "days" : `${dates} since 1970`;
  if (days.size === 1 && dates !== "yyyymmdd") {
    const all = dateText([...days][0] * day);
    const cure = text`say what they are: ${{ option: "kinds", key: column.name, value: "numeric" }}, or another format, such as ${{ option: "dateFormats", key: column.name, value: "%Y" }}`;
    add("one-day", `holds numbers such as ${given}, which, read as ${how}, all fall on ${all}`, cure, "error");
    return;
  }
  add("date-format", `holds numbers that are read as ${how}: ${given} as ${dateText(times[row])}`);
}

/** Numbers that are categories, or ignored, for the sake of a few texts among them. */
function addOdd(column: Column, { kind, odd }: ColumnReading, add: Add): void {
  if (odd === undefined || column.type !== "text") return;
  const row = column.codes.indexOf(column.dictionary.indexOf(odd));
  const taken = kind === "text" ? "is ignored" : "is taken for categories, without order";
  const asMissing = { option: "nulls", value: [odd] };
  add(
    "mixed-numbers",
    `${taken}: most of its texts are numbers, but ${shorten(odd)} in row ${row} is none, or has another unit or notation`,
    text`write all in one way, take it as missing with ${asMissing}, or say ${{ option: "kinds", key: column.name, value: "category" }}`,
    "warning",
    row,
  );
}

function addCodes(column: Column, schema: Reading, add: Add): void {
  const code = column.type === "text" ? codeAmong(textsIn(column, schema)) : undefined;
  if (code === undefined) return;
  const why = /^[+-]?0/.test(code) ? "has a leading zero" : "is beyond 2^53, which no number holds exactly";
  const numeric = { option: "kinds", key: column.name, value: "numeric" };
  add(
    "codes",
    `is of categories: ${shorten(code)} ${why}, so that its digits are a code`,
    text`${numeric} reads numbers`,
  );
}

function addValues({ notNull = [] }: ColumnReading, add: Add): void {
  const values = notNull.filter((text) => !noneWords.includes(text));
  if (values.length === 0) return;
  add(
    "missing-as-value",
    `holds ${values.map(shorten).join(", ")}, which is taken for a value among codes like it`,
    text`${{ option: "nulls", value: values }} takes it as missing`,
  );
}
