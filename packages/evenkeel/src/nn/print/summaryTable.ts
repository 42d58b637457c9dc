/** A shape whose first dimension, where it is that of the batch, is written N. */
export type BatchShape = readonly (number | "N")[];

/** One module of a model. */
export interface SummaryRow {
  /** The path, `""` for the model itself. */
  readonly name: string;
  /** The name of the class. */
  readonly type: string;
  /** How far below the model it lies: 0 for the model. */
  readonly depth: number;
  /** The tensors that the first call was given; empty if there was no call. */
  readonly inputShapes: readonly BatchShape[];
  /** The tensors that the first call gave. */
  readonly outputShapes: readonly BatchShape[];
  /** How often one forward pass calls it. */
  readonly calls: number;
  /** Whether it holds no other modules. */
  readonly isLeaf: boolean;
  /** How many numbers its own parameters have, without those counted in a row above. */
  readonly params: number;
  /** How many of them are trained. */
  readonly trainable: number;
}

/** Counts of numbers, and sizes in bytes. */
export interface SummaryTotals {
  readonly params: number;
  readonly trainable: number;
  readonly buffers: number;
  readonly paramBytes: number;
  readonly bufferBytes: number;
  /** The number of outputs of the leaf modules for one row of input. */
  readonly activationBytes: number;
}

const columns = ["Layer", "Output", "Params", "Trainable"] as const;

/** The table, with totals below it; lines end without spaces. */
export function formatSummary(rows: readonly SummaryRow[], totals: SummaryTotals): string {
  const cells = rows.map(cellsOf);
  const widths = columns.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd();
  const rule = "-".repeat(widths.reduce((total, width) => total + width + 2, -2));
  const { params, trainable, buffers } = totals;
  return [
    line(columns),
    rule,
    ...cells.map(line),
    rule,
    `Parameters: ${count(params)} (${count(trainable)} trainable, ${count(params - trainable)} frozen); buffers: ${count(buffers)}`,
    `Memory: ${bytes(totals.paramBytes)} parameters, ${bytes(totals.bufferBytes)} buffers, ` +
      `${bytes(totals.activationBytes)} layer outputs per row of input`,
  ].join("\n");
}

function cellsOf(row: SummaryRow): readonly string[] {
  const name = row.name === "" ? row.type : `${row.name.slice(row.name.lastIndexOf(".") + 1)} (${row.type})`;
  const silent = !row.isLeaf && row.params === 0;
  return [
    "  ".repeat(row.depth) + name,
    output(row),
    silent ? "" : count(row.params),
    silent ? "" : count(row.trainable),
  ];
}

function output({ outputShapes, calls }: SummaryRow): string {
  if (calls === 0) return "not called";
  const shapes = outputShapes.map((shape) => `[${shape.join(", ")}]`).join(" ") || "no tensor";
  return calls === 1 ? shapes : `${shapes} (${calls} calls)`;
}

/** 1234567 as 1,234,567. */
function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

function bytes(n: number): string {
  if (n < 1000) return `${Math.round(n)} B`;
  const step = n < 1e6 ? ([1e3, "kB"] as const) : n < 1e9 ? ([1e6, "MB"] as const) : ([1e9, "GB"] as const);
  return `${(n / step[0]).toFixed(1)} ${step[1]}`;
}
