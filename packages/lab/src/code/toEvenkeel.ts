import type { Activation, Task } from "evenkeel/tabular";
import type { PictureKit } from "../pictures/kit.ts";
import type { Ends } from "../pictures/pictureCode.ts";
import type { OptimizerName, Setup, Side } from "../state/setup.ts";
import type { Layer } from "../training/layers.ts";
import type { PreparedRows } from "../training/rows.ts";
import { type Program, programOf } from "./program.ts";
import { literal, quoted } from "./quoted.ts";

/**
 * A side's training as a program for Node, which ends with the error that the page shows, to the bit.
 * It reads the {@link savedTable} of a file, or the {@link savedPictures}.
 */
export function toEvenkeel(rows: PreparedRows, setup: Setup, side: Side, file: string): string {
  const program = programOf(rows, setup, side);
  const { layers, joinsLoneRow, says } = program;
  const { task } = rows.schema;
  const { pictures } = rows;
  const { read, judge } = pictures?.evenkeel.ends(file, setup, says) ?? tableEnds(rows, setup, program, file);
  const names = ["compile", "data", "F", "Generator", "manualSeed", "nn", "noGrad", "optim", "type Tensor"];
  const imported = [...(joinsLoneRow ? ["cat"] : []), ...names, ...(pictures ? ["tensor"] : [])];
  return `// The ${side} network of evenkeel's lab. Save the ${pictures ? "pictures" : "table"} beside this file as ${quoted(file)}, then:
// npm install evenkeel tsx && npx tsx lab.ts
import { readFileSync } from "node:fs";
import { ${imported.join(", ")} } from "evenkeel";
${read}
manualSeed(${setup.seed});
const net = new nn.Sequential(
${layers.map((layer) => `  ${moduleCode(layer, pictures)},`).join("\n")}
);
const optimizer = ${optimizerCode[setup.optimizer]("net.parameters()", setup.lr)};
const loader = new data.DataLoader(new data.TensorDataset(x, y), {
  batchSize: ${setup.batchSize},
  shuffle: true,
  generator: new Generator(${setup.seed}),
});
${joinsLoneRow ? joiningCode : ""}
const step = compile((x: Tensor, y: Tensor) => {
  optimizer.zeroGrad();
  const loss = ${lossCode[task]};
  loss.backward();
  optimizer.step();
  return loss;
});
let steps = 0;
training: for (;;) {
  for (const [x, y] of ${joinsLoneRow ? "joined()" : "loader"}) {
    const loss = step(x, y).item();
    if (++steps === ${setup.steps} || !Number.isFinite(loss)) break training;
  }
}

${judge}`;
}

function tableEnds(
  { meaning = {}, schema }: PreparedRows,
  setup: Setup,
  { heldOut, says }: Program,
  file: string,
): Ends {
  const scale = setup.scale === "raw" ? "none" : "zscore";
  const held = heldOut === "all" ? "split.validation" : `split.validation.slice(0, ${heldOut})`;
  return {
    read: `import { inferSchema, Preprocessing, splitRows, type Table, tableFromColumns } from "evenkeel/tabular";

interface Saved {
  rows: number;
  columns: { name: string; type: string; values: unknown[] }[];
}
const saved: Saved = JSON.parse(readFileSync(${quoted(file)}, "utf8"));
const table: Table = {
  rows: saved.rows,
  columns: saved.columns.map(({ name, type, values }) => {
    const dates = (value: unknown) => (value === null ? null : new Date(value as number));
    return tableFromColumns({ [name]: type === "date" ? values.map(dates) : values }).columns[0];
  }),
};

// What the columns mean, which rows are trained on, and what the network is given.
const schema = inferSchema(table, ${literal({ target: schema.target, ...meaning })});
const split = splitRows(table, schema, { seed: ${setup.seed} });
const preprocessing = Preprocessing.fit(table, schema, split.train, {
  scale: "${scale}",
  embedAbove: Number.MAX_SAFE_INTEGER,
});
const { x } = preprocessing.inputs(table, split.train);
const y = preprocessing.targets(table, split.train);
`,
    judge: `net.eval();
const heldOut = ${held};
const evaluate = compile((x: Tensor) => net.forward(x));
const said = preprocessing.decode(noGrad(() => evaluate(preprocessing.inputs(table, heldOut).x)));
const truth = preprocessing.truth(table, heldOut);
let sum = 0;
${errorCode(schema.task)}
console.log("${says}:", sum / truth.length);
`,
  };
}

function moduleCode(layer: Layer, pictures: PictureKit | undefined): string {
  switch (layer.kind) {
    case "linear":
      return `new nn.Linear(${layer.inputs}, ${layer.outputs}${layer.bias ? "" : ", { bias: false }"})`;
    case "batchNorm":
      return `new nn.BatchNorm1d(${layer.width}, { momentum: ${layer.momentum} })`;
    case "layerNorm":
      return `new nn.LayerNorm(${layer.width})`;
    case "activation":
      return `new nn.${activationClasses[layer.activation]}()`;
    case "dropout":
      return `new nn.Dropout(${layer.p})`;
    default:
      return pictures?.evenkeel.layer(layer) ?? "";
  }
}

/** PyTorch's names, which are evenkeel's. */
export const activationClasses: Readonly<Record<Activation, string>> = {
  relu: "ReLU",
  leakyRelu: "LeakyReLU",
  elu: "ELU",
  gelu: "GELU",
  silu: "SiLU",
  tanh: "Tanh",
};

const optimizerCode: Readonly<Record<OptimizerName, (parameters: string, lr: number) => string>> = {
  adam: (parameters, lr) => `new optim.Adam(${parameters}, { lr: ${lr} })`,
  adamw: (parameters, lr) => `new optim.AdamW(${parameters}, { lr: ${lr} })`,
  sgd: (parameters, lr) => `new optim.SGD(${parameters}, { lr: ${lr}, momentum: 0.9 })`,
};

const lossCode: Readonly<Record<Task, string>> = {
  regression: "F.mseLoss(net.forward(x), y)",
  binary: "F.binaryCrossEntropyWithLogits(net.forward(x), y)",
  multiclass: "F.crossEntropy(net.forward(x), y)",
};

function errorCode(task: Task): string {
  return task === "regression"
    ? "for (let i = 0; i < truth.length; i++) sum += Math.abs(said.values![i] - truth[i]);"
    : "for (let i = 0; i < truth.length; i++) if (said.classes![i] !== schema.classes![truth[i]]) sum++;";
}

const joiningCode = `
/** BatchNorm cannot train on one row: a last batch of one is part of the batch before it. */
function* joined(): IterableIterator<Tensor[]> {
  let held: Tensor[] | undefined;
  for (const batch of loader) {
    if (held !== undefined && batch[0].shape[0] === 1) held = held.map((part, i) => cat([part, batch[i]]));
    else {
      if (held !== undefined) yield held;
      held = batch;
    }
  }
  if (held !== undefined) yield held;
}
`;
