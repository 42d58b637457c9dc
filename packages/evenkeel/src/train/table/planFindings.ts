import { type Text, text } from "../../core/index.ts";
import { finding } from "../../tabular/checks/findings.ts";
import {
  type Column,
  columnOf,
  type Finding,
  type Preprocessing,
  type Schema,
  type Split,
  type Table,
} from "../../tabular/index.ts";
import { shorten } from "../../tabular/schema/columns.ts";
import { extentOf } from "../../tabular/schema/inferKind.ts";
import { numbersOf, type Reading, textsOf } from "../../tabular/schema/read.ts";
import { hasValues, type TableSummary, varies } from "../../tabular/summary/columnSummary.ts";
import { copiesIn } from "../../tabular/table/copies.ts";
import { joinedRows } from "../../tabular/table/split.ts";
import { evenBatchSize, type TablePlan } from "./plan.ts";

/** The share of a running statistic that each step replaces. */
const momentum = 0.1;
/** The share of the initial values in running statistics that is worth a word. */
const staleShare = 0.01;
/** A last batch of less than this share of the others is worth a word. */
const smallBatch = 0.25;
/** The expected number of rows in a batch below which a category is rare. */
const rareInBatch = 0.5;

/**
 * What is doubtful about this plan on this table: classes that no training row has, columns that
 * are constant in the training rows, and for batch normalization a small last batch, too few steps for running statistics, and
 * categories that hardly any batch has.
 */
export function planFindings(table: Table, plan: TablePlan, split: Split, preprocessing: Preprocessing): Finding[] {
  const { nulls } = preprocessing.toJSON();
  return findingsOf(table, plan, preprocessing, {
    rows: split.train.length,
    validation: split.validation.length,
    absent: classesWithout(table, split.train, preprocessing),
    isConstant: (encoding) => isConstant(columnOf(table, encoding.column), encoding, nulls, split.train),
    countsOf: (encoding) => countsOf(columnOf(table, encoding.column), encoding, nulls, split.train),
  });
}

/**
 * The same where the training rows of the table are a sample, and a summary knows all of them.
 * @param classes how many training rows there are of each class
 */
export function planFindingsBy(
  table: Table,
  plan: TablePlan,
  preprocessing: Preprocessing,
  { summary, rows, validation, classes }: ExactRows,
): Finding[] {
  const { target } = preprocessing.toJSON();
  return findingsOf(table, plan, preprocessing, {
    ...{ rows, validation },
    absent: target.task === "regression" ? [] : target.classes.filter((_, k) => classes[k] === 0),
    isConstant: ({ column }) => {
      const counted = summary.get(column);
      return counted !== undefined && hasValues(counted) && !varies(counted);
    },
    countsOf: ({ column }) => {
      const counted = summary.get(column);
      return counted?.kind === "text" ? counted.counts : new Map();
    },
    hasEvenBatches: true,
  });
}

/** What is exactly known of training rows that memory does not hold. */
interface ExactRows {
  readonly summary: TableSummary;
  readonly rows: number;
  readonly validation: number;
  readonly classes: readonly number[];
}

type Encoding = ReturnType<Preprocessing["toJSON"]>["inputs"][number];
type Category = Extract<Encoding, { readonly kind: "category" }>;

/** What a plan is measured by. */
interface TrainingRows {
  readonly rows: number;
  readonly validation: number;
  /** Classes that no training row has, as after a split by time. */
  readonly absent: readonly string[];
  readonly isConstant: (encoding: Encoding) => boolean;
  /** In how many rows each text is. */
  readonly countsOf: (encoding: Category) => ReadonlyMap<string, number>;
  /** Whether all batches have equally many rows, to a row. */
  readonly hasEvenBatches?: boolean;
}

function findingsOf(table: Table, plan: TablePlan, preprocessing: Preprocessing, training: TrainingRows): Finding[] {
  const { target } = preprocessing.toJSON();
  const constant = [...absentClasses(target.column, training.absent), ...checkConstant(table, training, preprocessing)];
  // A linear model has nothing to normalize.
  if (plan.network.norm !== "batch" || plan.network.hidden.length === 0) return constant;
  return [
    ...constant,
    ...checkBatches(plan, training),
    ...checkSteps(plan, training),
    ...checkRareInputs(plan, training, preprocessing),
  ];
}

function classesWithout(table: Table, rows: Int32Array, preprocessing: Preprocessing): string[] {
  const { target } = preprocessing.toJSON();
  if (target.task === "regression") return [];
  const seen = new Set(preprocessing.truth(table, rows));
  return target.classes.filter((_, position) => !seen.has(position));
}

function absentClasses(column: string, absent: readonly string[]): Finding[] {
  if (absent.length === 0) return [];
  const shown = `${absent.slice(0, 5).map(shorten).join(", ")}${absent.length > 5 ? ` and ${absent.length - 5} more` : ""}`;
  const statement = `no training row has ${absent.length === 1 ? "the class" : "the classes"} ${shown}: the network cannot predict it`;
  const cure = "split the rows in another way, or leave such rows out";
  return [finding("warning", "rare-class", statement, cure, { column })];
}

/** A column that varies in the table but not in training, as one of years may in a split by time. */
function checkConstant(table: Table, { rows, isConstant }: TrainingRows, preprocessing: Preprocessing): Finding[] {
  const { inputs, nulls } = preprocessing.toJSON();
  return inputs.flatMap((encoding) => {
    const { column: name, kind } = encoding;
    if ((kind !== "category" && kind !== "numeric") || !isConstant(encoding)) return [];
    // One that is constant in the whole table was found before.
    if (extentOf(columnOf(table, name), { ...encoding, nulls }).constant) return [];
    const statement = `column ${shorten(name)} has the same value in all ${rows} training rows that have one`;
    return [finding("warning", "constant", statement, "the network cannot learn what others mean", { column: name })];
  });
}

function isConstant(column: Column, encoding: Encoding, nulls: readonly string[], rows: Int32Array): boolean {
  const { kind } = encoding;
  if (kind === "category") return hasOneText(column, { nulls, notNull: encoding.categories }, rows);
  return kind === "numeric" && hasOneValue(numbersOf(column, { ...encoding, nulls }, rows));
}

function hasOneValue(values: Float64Array | Float32Array): boolean {
  const first = values.find((value) => !Number.isNaN(value));
  return first !== undefined && values.every((value) => value === first || Number.isNaN(value));
}

function hasOneText(column: Column, reading: Reading, rows: Int32Array): boolean {
  const { codes } = textsOf(column, reading, rows);
  const first = codes.find((code) => code >= 0);
  return first !== undefined && codes.every((code) => code === first || code < 0);
}

function note(code: Finding["code"], statement: Text, cure: Text): Finding {
  return finding("note", code, statement, cure);
}

function checkBatches({ batchSize }: TablePlan, { rows, hasEvenBatches = false }: TrainingRows): Finding[] {
  if (rows < batchSize) {
    const statement = text`${{ option: "batchSize", value: batchSize }} is more than the ${rows} training rows: each epoch is one step`;
    return [note("batches", statement, "take smaller batches")];
  }
  const last = rows % batchSize;
  if (hasEvenBatches || fills(rows, batchSize)) return [];
  const joined = last === 1 ? ", which is joined to the batch before it" : ": its statistics are noisy";
  const statement = text`${rows} training rows in batches of ${batchSize} leave a last batch of ${last}${joined}`;
  const even = evenBatchSize(rows, batchSize);
  const size = fills(rows, even) ? even : fullerBatchSize(rows, batchSize);
  const makes = size === even ? "makes them nearly equal" : `leaves one of ${rows % size}`;
  return [note("batches", statement, text`${{ option: "batchSize", value: size }} ${makes}`)];
}

/** Whether the last batch is large enough. */
function fills(rows: number, batchSize: number): boolean {
  const last = rows % batchSize;
  return last === 0 || last >= smallBatch * batchSize;
}

/** The nearest size whose last batch is large enough, for rows that no size divides evenly. */
function fullerBatchSize(rows: number, batchSize: number): number {
  let distance = 1;
  while (!fills(rows, batchSize - distance) && !fills(rows, batchSize + distance)) distance++;
  return fills(rows, batchSize - distance) ? batchSize - distance : batchSize + distance;
}

function checkSteps({ batchSize, epochs, statistics }: TablePlan, { rows, validation }: TrainingRows): Finding[] {
  const steps = epochs * Math.ceil(rows / batchSize);
  const share = (1 - momentum) ** steps;
  if (share <= staleShare) return [];
  const statement = `${steps} steps leave ${Math.ceil(100 * share)}% of their initial values in the running statistics of batch normalization (momentum ${momentum})`;
  const isTried = statistics === "recomputed" || (statistics === "better" && validation > 0);
  const recomputed = { option: "statistics", value: "recomputed" };
  if (isTried) return [note("few-steps", statement, "recomputed ones are tried as well")];
  return [finding("warning", "few-steps", statement, text`train longer, or say ${recomputed}`)];
}

/**
 * A 0-or-1 input that is 1 in a share p of the rows is, normalized, sqrt(B - 1) in a batch of B
 * rows that has it once, and sqrt((1 - p) / p) in evaluation: far apart if p B is small.
 */
function checkRareInputs(
  { batchSize }: TablePlan,
  { rows, countsOf }: TrainingRows,
  preprocessing: Preprocessing,
): Finding[] {
  const rare: { name: string; count: number }[] = [];
  const { inputs } = preprocessing.toJSON();
  for (const encoding of inputs) {
    if (encoding.kind !== "category" || encoding.coding !== "oneHot") continue;
    const most = (rareInBatch * rows) / batchSize;
    const known = new Set(encoding.categories);
    for (const [text, count] of countsOf(encoding)) {
      if (count > 0 && count < most && known.has(text)) rare.push({ name: `${encoding.column} = ${text}`, count });
    }
  }
  if (rare.length === 0) return [];
  const [rarest] = rare.sort((a, b) => a.count - b.count);
  const share = rarest.count / rows;
  const [once, later] = [Math.sqrt(batchSize - 1), Math.sqrt((1 - share) / share)].map((value) => value.toPrecision(2));
  const others = rare.length === 1 ? "" : ` (${rare.length} inputs are as rare)`;
  const statement =
    `the input ${shorten(rarest.name)} is 1 in ${rarest.count} of ${rows} training rows, in hardly any batch of ${batchSize}${others}: ` +
    `batch normalization takes it for ${once} standard deviations in training and ${later} in evaluation`;
  const cure = text`merge rare categories, or try a larger ${{ option: "batchSize" }} or another ${{ option: "network.norm" }}`;
  return [note("rare-category", statement, cure)];
}

function countsOf(
  column: Column,
  { categories }: Category,
  nulls: readonly string[],
  rows: Int32Array,
): Map<string, number> {
  const { codes, dictionary } = textsOf(column, { nulls, notNull: categories }, rows);
  const counts = new Int32Array(dictionary.length);
  for (const code of codes) if (code >= 0) counts[code]++;
  return new Map(dictionary.map((text, code) => [text, counts[code]]));
}

/**
 * Validation and test rows that are copies of training rows: those of a split that was given, or
 * made by group or time.
 */
export function copiesAcross(table: Table, schema: Schema, { train, validation, test }: Split): Finding[] {
  const rows = joinedRows(joinedRows(train, validation), test);
  const copies = copiesIn(table, schema, rows);
  if (copies === undefined) return [];
  const isTrained = new Uint8Array(table.rows);
  for (const row of train) isTrained[row] = 1;
  const first = new Uint8Array(rows.length);
  for (const [i, row] of rows.entries()) if (isTrained[row] === 1) first[copies.firstOf[i]] = 1;
  let count = 0;
  let at = -1;
  for (const [i, row] of rows.entries()) {
    if (isTrained[row] === 1 || first[copies.firstOf[i]] === 0) continue;
    if (count === 0) at = row;
    count++;
  }
  if (count === 0) return [];
  const statement = `${count} of ${validation.length + test.length} validation and test rows are copies of training rows, first row ${at}: scores of them say nothing`;
  return [finding("warning", "copies", statement, "leave them out of one part", { row: at })];
}
