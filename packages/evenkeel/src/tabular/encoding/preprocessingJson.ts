import { describe, mismatch, refuse, unexpected } from "../../core/index.ts";
import { dateFormatAt, numberFormatAt } from "../schema/formatJson.ts";
import { booleanAt, listAt, namesAt, numberAt, objectAt, oneOfAt, stringAt } from "../schema/json.ts";
import { largestFloat32 } from "../schema/read.ts";
import type { NumberFormat } from "../schema/values/numberFormat.ts";
import {
  type CategoryEncoding,
  type DatePart,
  dateParts,
  type Encoding,
  type NumberInputs,
  type TargetEncoding,
} from "./encoding.ts";

/** What a preprocessing knows. */
interface Known {
  readonly nulls: readonly string[];
  readonly inputs: readonly Encoding[];
  readonly target: TargetEncoding;
}

/** @throws TypeError or RangeError saying what is wrong where */
export function readPreprocessing(json: unknown): Known {
  const top = objectAt("preprocessing", json, ["version", "inputs", "target"], ["nulls"]);
  if (top.version !== 4) {
    throw refuse(
      "damaged-file",
      "",
      `preprocessing.version is ${describe(top.version)}, and this library reads version 4`,
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
      const from = objectAt(at, value, ["kind", "column", ...numberKeys, "indicator"], ["numbers"]);
      return {
        kind,
        column: stringAt(`${at}.column`, from.column),
        ...readNumbers(at, from),
        ...readInputs(at, from),
        ...readIndicator(at, from),
      };
    }
    case "boolean": {
      const from = objectAt(at, value, ["kind", "column", "coding", "common", "indicator"]);
      const coding = oneOfAt(`${at}.coding`, from.coding, ["zeroOne", "signs", "none"] as const);
      const common = numberAt(`${at}.common`, from.common);
      if (common !== 0 && common !== 1) throw unexpected("damaged-file", "", `${at}.common`, common, "0 or 1");
      return { kind, column: stringAt(`${at}.column`, from.column), coding, common, ...readIndicator(at, from) };
    }
    case "category":
      return readCategory(at, value);
    case "date": {
      const from = objectAt(at, value, ["kind", "column", ...numberKeys, "parts", "indicator"], ["dates"]);
      const parts = namesAt(`${at}.parts`, from.parts).map(
        (part, i): DatePart => oneOfAt(`${at}.parts[${i}]`, part, dateParts),
      );
      const column = stringAt(`${at}.column`, from.column);
      const dates = from.dates === undefined ? {} : { dates: dateFormatAt(`${at}.dates`, from.dates) };
      return { kind, column, ...dates, ...readInputs(at, from), parts, ...readIndicator(at, from) };
    }
    default:
      return kind satisfies never;
  }
}

function readNumbers(at: string, { numbers }: Record<string, unknown>): { numbers?: NumberFormat } {
  return numbers === undefined ? {} : { numbers: numberFormatAt(`${at}.numbers`, numbers) };
}

function readCategory(at: string, value: unknown): CategoryEncoding {
  const from = objectAt(at, value, ["kind", "column", "coding", "categories", "rareBelow"]);
  const coding = oneOfAt(`${at}.coding`, from.coding, ["oneHot", "signs", "embedding", "none"] as const);
  const categories = namesAt(`${at}.categories`, from.categories);
  const needed = coding === "signs" ? 2 : coding === "none" ? 1 : categories.length;
  if (categories.length !== needed) {
    throw mismatch("damaged-file", "", `${at}.categories has ${categories.length} items`, `${needed} for "${coding}"`);
  }
  const rareBelow = numberAt(`${at}.rareBelow`, from.rareBelow, { above0: true });
  if (!Number.isInteger(rareBelow)) {
    throw unexpected("damaged-file", "", `${at}.rareBelow`, rareBelow, "a whole number");
  }
  return { kind: "category", column: stringAt(`${at}.column`, from.column), coding, categories, rareBelow };
}

const numberKeys = ["median", "center", "scale", "squash", "least", "most", "coding", "edges"];

function readInputs(at: string, from: Record<string, unknown>): NumberInputs {
  const range = readRange(at, from);
  const coding = oneOfAt(`${at}.coding`, from.coding, ["scaled", "signs", "none"] as const);
  const edges = readEdges(`${at}.edges`, from.edges);
  if (coding !== "scaled" && edges.length > 0) {
    throw refuse("damaged-file", "", `${at}.edges has ${edges.length} items, and none belong to "${coding}"`);
  }
  if (coding !== "scaled" && (coding === "signs") === (range.least === range.most)) {
    throw refuse(
      "damaged-file",
      "",
      `${at}.coding is "${coding}", and its values are from ${range.least} to ${range.most}`,
    );
  }
  return {
    median: numberAt(`${at}.median`, from.median),
    center: numberAt(`${at}.center`, from.center),
    scale: numberAt(`${at}.scale`, from.scale, { above0: true }),
    squash: booleanAt(`${at}.squash`, from.squash),
    ...range,
    coding,
    edges,
  };
}

/** More than anybody has bins: each makes an input of every row. */
const mostEdges = 1000;

function readEdges(at: string, value: unknown): readonly number[] {
  const edges = listAt(at, value).map((edge, i) => numberAt(`${at}[${i}]`, edge));
  if ((edges.length > 0 && edges.length < 3) || edges.length > mostEdges) {
    throw mismatch("damaged-file", "", `${at} has ${edges.length} items`, `none, or 3 to ${mostEdges}`);
  }
  const far = edges.find((edge) => Math.abs(edge) > largestFloat32);
  if (far !== undefined) throw unexpected("damaged-file", "", at, far, "numbers that float32 can hold");
  const wrong = edges.findIndex((edge, i) => i > 0 && !(edge > edges[i - 1]));
  if (wrong > 0) {
    throw mismatch(
      "damaged-file",
      "",
      `${at}[${wrong}] is ${edges[wrong]}`,
      `more than the one before, ${edges[wrong - 1]}`,
    );
  }
  return edges;
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
  const from = objectAt(at, value, ["task", "column", "kind", ...own], ["numbers", isClass ? "threshold" : "interval"]);
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
      ...(from.interval !== undefined && { interval: readInterval(`${at}.interval`, from.interval) }),
    };
  }
  const task = oneOfAt(`${at}.task`, from.task, ["binary", "multiclass"]);
  const classes = namesAt(`${at}.classes`, from.classes, 2);
  if (task === "binary" && classes.length !== 2) {
    throw mismatch("damaged-file", "", `${at}.classes has ${classes.length} items`, "2 for binary");
  }
  const kind = oneOfAt(`${at}.kind`, from.kind, ["numeric", "boolean", "category"]);
  const { threshold } = from;
  if (threshold !== undefined && task !== "binary") {
    throw refuse("damaged-file", "", `${at}.threshold is of two classes, and ${at}.task is "${task}"`);
  }
  const decided = threshold === undefined ? {} : { threshold: shareAt(`${at}.threshold`, threshold) };
  return { task, column, kind, ...readNumbers(at, from), classes, ...decided };
}

function readInterval(at: string, value: unknown): { level: number; width: number } {
  const from = objectAt(at, value, ["level", "width"]);
  const width = numberAt(`${at}.width`, from.width);
  if (width < 0) throw unexpected("damaged-file", "", `${at}.width`, width, "0 or more");
  return { level: shareAt(`${at}.level`, from.level), width };
}

function shareAt(at: string, value: unknown): number {
  const share = numberAt(at, value);
  if (share < 0 || share > 1) throw unexpected("damaged-file", "", at, share, "a number from 0 to 1");
  return share;
}
