import {
  type AnyTableModel,
  type DateFormat,
  type NumberFormat,
  type PreprocessingJson,
  type Scaling,
  type TableModel,
  TreeModel,
  type TreePreprocessingJson,
} from "evenkeel/tabular";
import { factorText } from "../../shell/figures.ts";

type InputEncoding = PreprocessingJson["inputs"][number];
type CategoryEncoding = Extract<InputEncoding, { kind: "category" }>;
type NumberEncoding = Extract<InputEncoding, { kind: "numeric" | "date" }>;
type TreeEncoding = TreePreprocessingJson["inputs"][number];

/** A column of the table that a model was trained on. */
export interface ModelColumn {
  readonly name: string;
  readonly kind: string;
  readonly use: "feature" | "target" | "ignored";
  /** Why it is ignored. */
  readonly why?: string;
  /** What is known of its values, and what becomes of them. */
  readonly values?: string | undefined;
  readonly categories?: readonly string[];
}

export function describeColumns(model: AnyTableModel): ModelColumn[] {
  const { target } = model.preprocessing.toJSON();
  const { classes } = model.preprocessing;
  const encodings = new Map(model instanceof TreeModel ? treeTexts(model) : networkTexts(model));
  return model.schema.columns.map(({ name, kind, use, why }) => {
    const encoding = encodings.get(name);
    if (use === "target")
      return { name, kind, use, values: targetText(target), ...(classes && { categories: classes }) };
    if (encoding === undefined) return { name, kind, use, ...(why !== undefined && { why }) };
    const { values, categories } = encoding;
    return { name, kind, use, values, ...(categories && { categories }) };
  });
}

type ColumnText = readonly [column: string, text: Pick<ModelColumn, "values" | "categories">];

function networkTexts({ preprocessing }: TableModel): ColumnText[] {
  return preprocessing
    .toJSON()
    .inputs.map((encoding) => [
      encoding.column,
      { values: encodingText(encoding), ...(encoding.kind === "category" && { categories: encoding.categories }) },
    ]);
}

function treeTexts({ preprocessing }: TreeModel): ColumnText[] {
  return preprocessing
    .toJSON()
    .inputs.map((encoding) => [
      encoding.column,
      { values: treeText(encoding), ...(encoding.kind === "category" && { categories: encoding.categories }) },
    ]);
}

function treeText(encoding: TreeEncoding): string {
  switch (encoding.kind) {
    case "numeric":
      return encoding.numbers === undefined ? "as it is" : writtenAs(encoding.numbers);
    case "boolean":
      return "false or true";
    case "category":
      return `${encoding.categories.length}: ${encoding.categories.join(", ")}`;
    case "date":
      return encoding.parts.join(", ");
    default:
      return encoding satisfies never;
  }
}

function encodingText(encoding: InputEncoding): string {
  const missing = encoding.kind !== "category" && encoding.indicator ? " and marked" : "";
  switch (encoding.kind) {
    case "numeric": {
      const { median, numbers } = encoding;
      const written = numbers === undefined ? "" : `${writtenAs(numbers)}, `;
      return `${written}${numberText(encoding)}, if missing ${factorText(median)}${missing}`;
    }
    case "boolean":
      return `${encoding.coding === "none" ? "not used, " : ""}if missing ${encoding.common === 1}${missing}`;
    case "category":
      return categoryText(encoding);
    case "date": {
      const { median, parts, dates } = encoding;
      const also = parts.map((part) => `, ${part}`).join("");
      const written = dates === undefined ? "" : `${orders.get(dates) ?? dates}, `;
      return `${written}year ${numberText(encoding)}${also}, if missing ${factorText(median)}${missing}`;
    }
    default:
      return encoding satisfies never;
  }
}

function categoryText({ coding, categories, rareBelow }: CategoryEncoding): string {
  const how = { oneHot: "", signs: " as -1 and 1", embedding: " embedded", none: ", not used" }[coding];
  const rare = rareBelow > 1 ? `, of ${rareBelow} rows or more` : "";
  return `${categories.length}${how}${rare}: ${categories.join(", ")}`;
}

function numberText(encoding: NumberEncoding): string {
  const { coding, edges, least, most } = encoding;
  if (coding === "none") return "not used";
  if (coding === "signs") return `-1 at ${factorText(least)}, 1 at ${factorText(most)}`;
  return edges.length === 0 ? scalingText(encoding) : `${scalingText(encoding)}, ${edges.length - 1} bins`;
}

function scalingText({ center, scale, squash, least, most }: Scaling): string {
  if (squash && least === most) return "0, as it does not vary";
  return !squash && center === 0 && scale === 1 ? "as it is" : `${factorText(center)} ± ${factorText(scale)}`;
}

const orders = new Map<DateFormat, string>([
  ["dmy", "the day first"],
  ["mdy", "the month first"],
]);

/** How numbers are written, by an example. */
function writtenAs({ decimal, thousands, unit }: NumberFormat): string {
  return `as 1${thousands}234${decimal}5${unit === undefined ? "" : ` ${unit}`}`;
}

function targetText(target: PreprocessingJson["target"]): string {
  if (target.task !== "regression") return `${target.classes.length} classes: ${target.classes.join(", ")}`;
  const { log, mean, std, least, most, clamp } = target;
  const held = clamp ? `, within ${factorText(least)} to ${factorText(most)}` : "";
  if (mean === 0 && std === 1) return `${log ? "its logarithm" : "as it is"}${held}`;
  return `${log ? "its logarithm, " : ""}${factorText(mean)} ± ${factorText(std)}${held}`;
}
