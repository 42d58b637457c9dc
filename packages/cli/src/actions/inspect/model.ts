import { existsSync } from "node:fs";
import { resolve } from "node:path";
import Table from "cli-table3";
import { nn } from "evenkeel";
import type { TableModel } from "evenkeel/tabular";
import { runOf } from "../../records/models/findModel.ts";
import { type Origin, originOf } from "../../records/models/origin.ts";
import type { CommandContext } from "../../shell/context.ts";
import { type Colors, count, printable, wrap } from "../../shell/terminal.ts";
import { UsageError } from "../../shell/usageError.ts";
import { newTable, scoresText } from "../../views/runsText.ts";
import { batchNormFindings } from "./batchNormFindings.ts";
import { describeColumns } from "./describeColumns.ts";
import { type ModelFile, readModelFile } from "./readModelFile.ts";

const width = 80;

/**
 * `evenkeel inspect MODEL`: what a safetensors file holds. Of evenkeel's models also the network, the columns, the target and what
 * the training recorded; of others the tensors.
 *
 * @throws UsageError if the file cannot be read, is damaged, or no safetensors file
 */
export function inspectModel(path: string, context: CommandContext, { json = false }: { json?: boolean } = {}): void {
  const { output, cwd } = context;
  const absolute = resolve(cwd, path);
  if (!existsSync(absolute)) throw new UsageError(`there is no file ${path}`);
  const file = readModelFile(absolute, path);
  if (json) output.write(`${JSON.stringify(jsonOf(path, absolute, file), undefined, 2)}\n`);
  else output.write(textOf(path, absolute, file, output.colors));
}

function jsonOf(path: string, absolute: string, { header, bytes, model }: ModelFile) {
  const tensors = Object.entries(header.tensors).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  if (model === undefined) return { path, bytes, kind: kindOf(header.metadata), metadata: header.metadata, tensors };
  const { schema, preprocessing, network, record } = model;
  const { totals, rows } = summaryOf(model);
  const origin = originOf(record, runOf(absolute));
  const { scores, baselines } = origin;
  return {
    ...{ path, bytes, kind: "table model", target: schema.target, task: schema.task },
    ...{ columns: describeColumns(model), inputs: preprocessing.features, embeddings: preprocessing.embeddings },
    ...{ network: { options: network.options, printed: network.toString(), totals, layers: rows } },
    batchNorm: batchNormFindings(model, origin),
    ...{ preprocessing: preprocessing.toJSON(), record, scores, baselines, tensors },
  };
}

function kindOf(metadata: Readonly<Record<string, string>>): string {
  return metadata.format?.includes("checkpoint") ? "checkpoint" : "tensors";
}

function summaryOf({ network }: TableModel) {
  const { features, embeddings = [] } = network.size;
  if (embeddings.length === 0) return nn.summary(network, [features]);
  return nn.summary(network, [[features], [embeddings.length]], { dtype: ["float32", "int32"] });
}

function textOf(path: string, absolute: string, file: ModelFile, colors: Colors): string {
  const { header, bytes, model } = file;
  const size = `${count(Object.keys(header.tensors).length, "tensor")}, ${sizeText(bytes)}`;
  if (model === undefined) {
    const kind = kindOf(header.metadata) === "checkpoint" ? "a checkpoint, to resume a training" : "tensors";
    const head = colors.bold(wrap(`${printable(path)}: ${kind} (${size})`, width));
    return `${[head, metadataText(header.metadata), tensorTable(file, colors)].filter((part) => part !== "").join("\n\n")}\n`;
  }
  const { schema, record, network } = model;
  const head = `${printable(path)}: predicts ${printable(schema.target)} (${schema.task}; ${size})`;
  const origin = originOf(record, runOf(absolute));
  const trained = [
    origin.source === undefined ? "" : `trained on ${origin.source}`,
    origin.rows === undefined ? "" : count(origin.rows, "row"),
    origin.seed === undefined ? "" : `seed ${origin.seed}`,
    origin.refit === undefined ? "" : `refit on ${count(origin.refit.rows, "row")}, those of training and validation`,
  ].filter((part) => part !== "");
  const sections = [
    colors.bold(wrap(head, width)),
    ...(trained.length > 0 ? [wrap(printable(trained.join(", ")), width)] : []),
    columnTable(model, colors),
    `${colors.bold("Network")}\n${network.toString()}`,
    summaryOf(model).toString(),
    ...batchNormText(model, origin, colors),
    tensorTable(file, colors),
    ...(origin.scores === undefined
      ? ["No scores are recorded in it."]
      : [
          scoresText(origin.scores, origin.baselines ?? {}, colors, {
            name: "the model",
            refit: origin.refit !== undefined,
          }),
        ]),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** Notes are for programs: about what is done either way. */
function batchNormText(model: TableModel, origin: Origin, colors: Colors): string[] {
  const findings = batchNormFindings(model, origin).filter(({ severity }) => severity !== "note");
  if (findings.length === 0) return [];
  const lines = findings.map(({ severity, module, reason, cure }) => {
    const text = wrap(printable(`${module}: ${reason}; ${cure}`), width - 9, " ".repeat(9));
    const mark = severity === "error" ? colors.red(severity) : colors.yellow(severity);
    return `${mark}${" ".repeat(9 - severity.length)}${text}`;
  });
  return [[colors.bold("Batch normalization"), ...lines].join("\n")];
}

function metadataText(metadata: Readonly<Record<string, string>>): string {
  return Object.entries(metadata)
    .map(([name, value]) => cut(`${name}: ${value}`, width))
    .join("\n");
}

function columnTable(model: TableModel, colors: Colors): string {
  const table = fixedTable(colors, ["column", "kind", "values"], [22, 17, 37]);
  for (const { name, kind, use, why, values } of describeColumns(model)) {
    const label = use === "target" ? colors.bold(printable(name)) : printable(name);
    const meaning = use === "feature" ? kind : `${kind}, ${use}`;
    table.push([label, use === "ignored" ? colors.dim(meaning) : meaning, printable(values ?? why ?? "")]);
  }
  const meaning = "m ± s: (value - m) / s is what the network gets, and gives.";
  return `${table.toString().replaceAll(/ +$/gm, "")}\n\n${colors.dim(meaning)}`;
}

function tensorTable({ header }: ModelFile, colors: Colors): string {
  const tensors = Object.entries(header.tensors);
  if (tensors.length === 0) return "It holds no tensors.";
  const table = newTable(colors, ["tensor", "dtype", "shape"]);
  // Networks of other kinds have hundreds.
  for (const [name, { dtype, shape }] of tensors.slice(0, 100)) {
    table.push([cut(name, 50), dtype, `[${shape.join(", ")}]`]);
  }
  const rest = tensors.length - 100;
  return rest > 0 ? `${table.toString()}\nand ${rest} more; --json has them all` : table.toString();
}

function fixedTable(colors: Colors, head: readonly string[], widths: readonly number[]) {
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", left: "", right: "" };
  const bottom = { bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" };
  return new Table({
    head: head.map((cell) => colors.bold(cell)),
    colWidths: [...widths],
    chars: { ...none, ...bottom, "left-mid": "", mid: "─", "mid-mid": "──", "right-mid": "", middle: "  " },
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    wordWrap: false,
  });
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [divisor, unit] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${(bytes / (divisor as number)).toFixed(1)} ${unit}`;
}

function cut(text: string, length: number): string {
  const plain = printable(text);
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}
