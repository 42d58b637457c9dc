import type { PreprocessingJson, Task } from "evenkeel/tabular";
import type { PictureKit } from "../pictures/kit.ts";
import type { Ends } from "../pictures/pictureCode.ts";
import type { OptimizerName, Setup, Side } from "../state/setup.ts";
import type { Layer } from "../training/layers.ts";
import type { PreparedRows } from "../training/rows.ts";
import { programOf } from "./program.ts";
import { quoted, quotedList } from "./quoted.ts";
import { activationClasses } from "./toEvenkeel.ts";

/**
 * A side's training as a program for PyTorch: the same weights, batches and masks, drawn from the same
 * seeds, and an error that differs by rounding. It reads the {@link savedTable} of a file, in which
 * the texts of the table are read and its rows are split, or the {@link savedPictures}.
 */
export function toTorch(rows: PreparedRows, setup: Setup, side: Side, file: string): string {
  const { layers, joinsLoneRow, says } = programOf(rows, setup, side);
  const { task } = rows.schema;
  const { pictures } = rows;
  const { read, judge } = pictures?.torch.ends(file, setup, says) ?? tableEnds(rows, setup, file, says);
  return `# The ${side} network of evenkeel's lab. Save the ${pictures ? "pictures" : "table"} beside this file as ${quoted(file)}, then:
# pip install torch numpy && python lab.py
import json
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

${read}
torch.manual_seed(${setup.seed})
net = nn.Sequential(
${layers.map((layer) => `    ${moduleCode(layer, pictures)},`).join("\n")}
)
optimizer = ${optimizerCode[setup.optimizer](setup.lr)}
generator = torch.Generator().manual_seed(${setup.seed})
loader = DataLoader(TensorDataset(x[train], y[train]), batch_size=${setup.batchSize}, shuffle=True, generator=generator)


def batches():
    while True:
${joinsLoneRow ? joiningCode : "        yield from loader"}


for step, (inputs, targets) in zip(range(${setup.steps}), batches()):
    optimizer.zero_grad()
    loss = ${lossCode[task]}
    loss.backward()
    optimizer.step()
    if not math.isfinite(loss.item()):
        break

${judge}`;
}

function tableEnds({ preprocessing, schema: { task } }: PreparedRows, setup: Setup, file: string, says: string): Ends {
  const { inputs } = preprocessing.toJSON();
  const isScaled = setup.scale === "zscore" ? "True" : "False";
  return {
    read: `with open(${quoted(file)}, encoding="utf-8") as text:
    saved = json.load(text)
columns = {column["name"]: column.get("read", column["values"]) for column in saved["columns"]}
${inputs.some(({ kind }) => kind === "date") ? datesCode : ""}train, held_out = saved["train"], saved["heldOut"]


def numbers(values):
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def moments(known):
    """What z-scores are made with; a column that does not vary becomes 0."""
    if len(known) == 0:
        return 0.0, 1.0
    mean, deviation = known.mean(), known.std()
    return mean, deviation if deviation > 4 * np.finfo(np.float64).eps * abs(mean) else 1.0


def number(name, scaled):
    """Missing values are the median of the training rows."""
    values = numbers(columns[name])
    known = values[train][~np.isnan(values[train])]
    median = np.median(known) if len(known) else 0.0
    center, scale = moments(known) if scaled else (0.0, 1.0)
    return (np.where(np.isnan(values), median, values) - center) / scale


def boolean(name):
    """Missing values are the more frequent of the two."""
    values = numbers(columns[name])
    known = values[train][~np.isnan(values[train])]
    common = 1.0 if len(known) and known.mean() > 0.5 else 0.0
    return np.where(np.isnan(values), common, values)


def missing(name):
    return np.isnan(numbers(columns[name])).astype(np.float64)


def category(name, value):
    return np.array([1.0 if one == value else 0.0 for one in columns[name]])


inputs = [
${inputs
  .flatMap((input) => inputCode(input, isScaled))
  .map((line) => `    ${line},`)
  .join("\n")}
]
x = torch.tensor(np.column_stack(inputs), dtype=torch.float32)
target = numbers(saved["target"])
${targetCode[task]}
`,
    judge: `net.eval()
with torch.no_grad():
    output = net(x[held_out]).double().numpy()
${errorCode[task]}
print("${says}:", error)
`,
  };
}

function inputCode(input: PreprocessingJson["inputs"][number], isScaled: string): string[] {
  const name = quoted(input.column);
  switch (input.kind) {
    case "numeric":
      return [`number(${name}, scaled=${isScaled})`, ...(input.indicator ? [`missing(${name})`] : [])];
    case "boolean":
      return [`boolean(${name})`, ...(input.indicator ? [`missing(${name})`] : [])];
    case "category":
      return input.categories.length === 0
        ? []
        : [`*[category(${name}, value) for value in ${quotedList(input.categories)}]`];
    case "date":
      return [`*dates[${name}]`];
  }
}

const datesCode = `# What the network is given of a date: its year and the waves of its parts, made by evenkeel.
dates = {column["name"]: np.array(column["inputs"]) for column in saved["columns"] if "inputs" in column}
`;

const targetCode: Readonly<Record<Task, string>> = {
  regression: `mean, deviation = moments(target[train])
y = torch.tensor((target - mean) / deviation, dtype=torch.float32).reshape(-1, 1)`,
  binary: "y = torch.tensor(target, dtype=torch.float32).reshape(-1, 1)",
  multiclass: "y = torch.tensor(np.nan_to_num(target), dtype=torch.int64)",
};

const lossCode: Readonly<Record<Task, string>> = {
  regression: "F.mse_loss(net(inputs), targets)",
  binary: "F.binary_cross_entropy_with_logits(net(inputs), targets)",
  multiclass: "F.cross_entropy(net(inputs), targets)",
};

const errorCode: Readonly<Record<Task, string>> = {
  regression: `# Predictions stay between the smallest and the largest target of the training rows.
said = np.clip(output[:, 0] * deviation + mean, target[train].min(), target[train].max())
error = np.abs(said - target[held_out]).mean()`,
  binary: "error = ((output[:, 0] > 0) != (target[held_out] == 1)).mean()",
  multiclass: "error = (output.argmax(axis=1) != target[held_out]).mean()",
};

function moduleCode(layer: Layer, pictures: PictureKit | undefined): string {
  switch (layer.kind) {
    case "linear":
      return `nn.Linear(${layer.inputs}, ${layer.outputs}${layer.bias ? "" : ", bias=False"})`;
    case "batchNorm":
      return `nn.BatchNorm1d(${layer.width}, momentum=${layer.momentum})`;
    case "layerNorm":
      return `nn.LayerNorm(${layer.width})`;
    case "activation":
      return `nn.${activationClasses[layer.activation]}()`;
    case "dropout":
      return `nn.Dropout(${layer.p})`;
    default:
      return pictures?.torch.layer(layer) ?? "";
  }
}

const optimizerCode: Readonly<Record<OptimizerName, (lr: number) => string>> = {
  adam: (lr) => `torch.optim.Adam(net.parameters(), lr=${lr})`,
  adamw: (lr) => `torch.optim.AdamW(net.parameters(), lr=${lr})`,
  sgd: (lr) => `torch.optim.SGD(net.parameters(), lr=${lr}, momentum=0.9)`,
};

const joiningCode = `        # BatchNorm cannot train on one row: a last batch of one is part of the batch before it.
        held = None
        for batch in loader:
            if held is not None and len(batch[0]) == 1:
                held = [torch.cat([part, other]) for part, other in zip(held, batch)]
                continue
            if held is not None:
                yield held
            held = batch
        if held is not None:
            yield held`;
