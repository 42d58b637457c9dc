import { nn } from "evenkeel";
import { networkOf, type TableModel, type TabularNet } from "evenkeel/tabular";
import { batchNormFindings } from "../actions/inspect/batchNormFindings.ts";
import { describeColumns } from "../actions/inspect/describeColumns.ts";
import type { ModelInspection } from "../actions/inspect/inspectModel.ts";
import type { Origin } from "../records/models/origin.ts";
import { count, sizeText } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { type Colors, type Output, wrap } from "../shell/terminal.ts";
import { findingLines } from "./findingLines.ts";
import { scoresText } from "./scoresText.ts";
import { cut, fixedTable, newTable } from "./table.ts";

const width = 80;

/** All fields, for programs. */
export function modelJson({ path, kind, header, bytes, model, origin }: ModelInspection) {
  const tensors = Object.entries(header.tensors).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  if (model === undefined) return { path, bytes, kind, metadata: header.metadata, tensors };
  const { schema, preprocessing, network, record } = model;
  const module = networkOf(model);
  const { totals, rows } = summaryOf(module);
  const { scores, baselines } = origin;
  return {
    ...{ path, bytes, kind, target: schema.target, task: schema.task },
    ...{ columns: describeColumns(model), inputs: preprocessing.features, embeddings: preprocessing.embeddings },
    ...{ network: { options: network.options, printed: module.toString(), totals, layers: rows } },
    batchNorm: batchNormFindings(module, origin),
    ...{ preprocessing: preprocessing.toJSON(), record, scores, baselines, tensors },
  };
}

function summaryOf(network: TabularNet) {
  const { features, embeddings = [] } = network.size;
  if (embeddings.length === 0) return nn.summary(network, [features]);
  return nn.summary(network, [[features], [embeddings.length]], { dtype: ["float32", "int32"] });
}

/**
 * For people, in 80 columns: network, columns, target and the record of the training; for other
 * files the tensors.
 */
export function modelText(inspection: ModelInspection, output: Output): string {
  const { colors } = output;
  const { name, kind, header, bytes, model, origin } = inspection;
  const size = `${count(Object.keys(header.tensors).length, "tensor")}, ${sizeText(bytes)}`;
  if (model === undefined) {
    const what = kind === "checkpoint" ? "a checkpoint, to resume a training" : "tensors";
    const head = colors.bold(wrap(`${printable(name)}: ${what} (${size})`, width));
    return `${[head, metadataText(header.metadata), tensorTable(inspection, colors)].filter((part) => part !== "").join("\n\n")}\n`;
  }
  const { schema } = model;
  const network = networkOf(model);
  const head = `${printable(name)}: predicts ${printable(schema.target)} (${schema.task}; ${size})`;
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
    summaryOf(network).toString(),
    ...batchNormText(network, origin, output),
    tensorTable(inspection, colors),
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

/** Notes describe what a program handles by itself, so only findings are shown. */
function batchNormText(network: TabularNet, origin: Origin, output: Output): string[] {
  const findings = batchNormFindings(network, origin).filter(({ severity }) => severity !== "note");
  if (findings.length === 0) return [];
  const shown = findings.map(({ severity, module, reason, cure }) => ({
    severity,
    message: `${module}: ${reason}; ${cure}`,
  }));
  return [`${output.colors.bold("Batch normalization")}\n${findingLines(shown, output, { width }).trimEnd()}`];
}

function metadataText(metadata: Readonly<Record<string, string>>): string {
  return Object.entries(metadata)
    .map(([name, value]) => cut(`${name}: ${value}`, width))
    .join("\n");
}

function columnTable(model: TableModel, colors: Colors): string {
  const rows = describeColumns(model).map(({ name, kind, use, why, values }) => {
    const label = use === "target" ? colors.bold(printable(name)) : printable(name);
    const meaning = use === "feature" ? kind : `${kind}, ${use}`;
    return [label, use === "ignored" ? colors.dim(meaning) : meaning, printable(values ?? why ?? "")];
  });
  const table = fixedTable(colors, ["column", "kind", "values"], [22, 17, 37], rows);
  const { inputs } = model.preprocessing.toJSON();
  const squashed = inputs.some((encoding) => "squash" in encoding && encoding.squash);
  const meaning = squashed
    ? "m ± s: with z = (value - m) / s the network gets z / √(1 + (z/3)²), and gives z."
    : "m ± s: (value - m) / s is what the network gets, and gives.";
  const binned = inputs.some((encoding) => "edges" in encoding && encoding.edges.length > 0);
  const bins = binned ? "\nbins: beside it, an input for each, from 0 to 1 while the value crosses it." : "";
  return `${table.replaceAll(/ +$/gm, "")}\n\n${colors.dim(`${meaning}${bins}`)}`;
}

function tensorTable({ header }: ModelInspection, colors: Colors): string {
  const tensors = Object.entries(header.tensors);
  if (tensors.length === 0) return "It holds no tensors.";
  const table = newTable(colors, ["tensor", "dtype", "shape"]);
  // Other networks have hundreds of tensors.
  for (const [name, { dtype, shape }] of tensors.slice(0, 100)) {
    table.push([cut(name, 50), dtype, `[${shape.join(", ")}]`]);
  }
  const rest = tensors.length - 100;
  return rest > 0 ? `${table.toString()}\nand ${rest} more; --json has them all` : table.toString();
}
