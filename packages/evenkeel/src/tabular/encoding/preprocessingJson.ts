import { describe, mismatch, refuse, unexpected } from "../../core/index.ts";
import { dateFormatAt, numberFormatAt } from "../schema/formatJson.ts";
import { booleanAt, listAt, namesAt, numberAt, objectAt, oneOfAt, stringAt } from "../schema/json.ts";
import type { NumberFormat } from "../schema/values/numberFormat.ts";
import { type DatePart, dateParts, type Encoding, type TargetEncoding } from "./encoding.ts";
import type { Scaling } from "./scaling/scaling.ts";

/** What a preprocessing knows. */
interface Known {
  readonly nulls: readonly string[];
  readonly inputs: readonly Encoding[];
  readonly target: TargetEncoding;
}

/** @throws TypeError or RangeError saying what is wrong where */
export function readPreprocessing(json: unknown): Known {
  const top = objectAt("preprocessing", json, ["version", "inputs", "target"], ["nulls"]);
  if (top.version !== 3) {
    throw refuse(
      "damaged-file",
      "",
      `preprocessing.version is ${describe(top.version)}, and this library reads version 3`,
      "train the model again, or update the library",
    );
  }
  const nulls = namesAt("preprocessing.nulls", top.nulls);
  const list = listAt("preprocessing.inputs", top.inputs);
  const inputs = list.map((value, i) => readEncoding(`preprocessing.inputs[${i}]`, value));
  const target = readTarget("preprocessing.target", top.target);
  namesAt(
    "the columns of preprocessing.inputs",
    inputs.map(({ column }) => column),
    1,
  );
  if (inputs.some(({ column }) => column === target.column)) {
    throw refuse("damaged-file", "", "preprocessing.inputs holds the column of preprocessing.target");
  }
  return { nulls, inputs, target };
}

const kinds = ["numeric", "boolean", "category", "date"] as const;

function kindOf(at: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "kind")
    ? (value as { kind: unknown }).kind
    : objectAt(at, value, ["kind"]);
}

function readEncoding(at: string, value: unknown): Encoding {
  const kind = oneOfAt(`${at}.kind`, kindOf(at, value), kinds);
  switch (kind) {
    case "numeric": {
      const from = objectAt(at, value, ["kind", "column", ...scalingKeys, "indicator"], ["numbers"]);
      return {
        kind,
        column: stringAt(`${at}.column`, from.column),
        ...readNumbers(at, from),
        ...readScaling(at, from),
        ...readIndicator(at, from),
      };
    }
    case "boolean": {
      const from = objectAt(at, value, ["kind", "column", "common", "indicator"]);
      const common = numberAt(`${at}.common`, from.common);
      if (common !== 0 && common !== 1) throw unexpected("damaged-file", "", `${at}.common`, common, "0 or 1");
      return { kind, column: stringAt(`${at}.column`, from.column), common, ...readIndicator(at, from) };
    }
    case "category": {
      const from = objectAt(at, value, ["kind", "column", "categories", "embedded"]);
      return {
        kind,
        column: stringAt(`${at}.column`, from.column),
        categories: namesAt(`${at}.categories`, from.categories),
        embedded: booleanAt(`${at}.embedded`, from.embedded),
      };
    }
    case "date": {
      const from = objectAt(at, value, ["kind", "column", ...scalingKeys, "parts", "indicator"], ["dates"]);
      const parts = namesAt(`${at}.parts`, from.parts).map(
        (part, i): DatePart => oneOfAt(`${at}.parts[${i}]`, part, dateParts),
      );
      const column = stringAt(`${at}.column`, from.column);
      const dates = from.dates === undefined ? {} : { dates: dateFormatAt(`${at}.dates`, from.dates) };
      return { kind, column, ...dates, ...readScaling(at, from), parts, ...readIndicator(at, from) };
    }
    default:
      return kind satisfies never;
  }
}

function readNumbers(at: string, { numbers }: Record<string, unknown>): { numbers?: NumberFormat } {
  return numbers === undefined ? {} : { numbers: numberFormatAt(`${at}.numbers`, numbers) };
}

const scalingKeys = ["median", "center", "scale", "squash", "least", "most"];

function readScaling(at: string, from: Record<string, unknown>): Scaling {
  return {
    median: numberAt(`${at}.median`, from.median),
    center: numberAt(`${at}.center`, from.center),
    scale: numberAt(`${at}.scale`, from.scale, { above0: true }),
    squash: booleanAt(`${at}.squash`, from.squash),
    ...readRange(at, from),
  };
}

function readRange(at: string, from: Record<string, unknown>): { least: number; most: number } {
  const least = numberAt(`${at}.least`, from.least);
  const most = numberAt(`${at}.most`, from.most);
  if (least > most) throw mismatch("damaged-file", "", `${at}.least is ${least}`, `at most ${at}.most, ${most}`);
  return { least, most };
}

function readIndicator(at: string, from: Record<string, unknown>): { indicator: boolean } {
  return { indicator: booleanAt(`${at}.indicator`, from.indicator) };
}

/** @throws TypeError or RangeError saying what is wrong where */
export function readTarget(at: string, value: unknown): TargetEncoding {
  const isClass = typeof value === "object" && value !== null && Object.hasOwn(value, "classes");
  const own = isClass ? ["classes"] : ["log", "mean", "std", "least", "most", "clamp"];
  const from = objectAt(at, value, ["task", "column", "kind", ...own], ["numbers"]);
  const column = stringAt(`${at}.column`, from.column);
  if (!isClass) {
    return {
      task: oneOfAt(`${at}.task`, from.task, ["regression"]),
      column,
      kind: oneOfAt(`${at}.kind`, from.kind, ["numeric", "boolean"]),
      ...readNumbers(at, from),
      log: booleanAt(`${at}.log`, from.log),
      mean: numberAt(`${at}.mean`, from.mean),
      std: numberAt(`${at}.std`, from.std, { above0: true }),
      ...readRange(at, from),
      clamp: booleanAt(`${at}.clamp`, from.clamp),
    };
  }
  const task = oneOfAt(`${at}.task`, from.task, ["binary", "multiclass"]);
  const classes = namesAt(`${at}.classes`, from.classes, 2);
  if (task === "binary" && classes.length !== 2) {
    throw mismatch("damaged-file", "", `${at}.classes has ${classes.length} items`, "2 for binary");
  }
  const kind = oneOfAt(`${at}.kind`, from.kind, ["numeric", "boolean", "category"]);
  return { task, column, kind, ...readNumbers(at, from), classes };
}
