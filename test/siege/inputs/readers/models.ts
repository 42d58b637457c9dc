import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Generator, manualSeed, nn, optim, randn, type Tensor } from "evenkeel";
import {
  type Checkpoint,
  loadCheckpoint,
  loadSafetensors,
  readSafetensorsHeader,
  saveCheckpoint,
  saveSafetensors,
} from "evenkeel/io";
import {
  FittedPreprocessing,
  Preprocessing,
  schemaFromJSON,
  TableModel,
  tableFromColumns,
  tableFromRows,
} from "evenkeel/tabular";
import { command } from "../command.ts";
import type { Reader, Seed } from "../reader.ts";
import type { World } from "../world.ts";

const file = (name: string, bytes: Uint8Array): Seed => ({ name, kind: "safetensors", bytes, knowsItsEnd: true });
const model = ({ cwd }: World) => readFileSync(join(cwd, "model.safetensors"));
const document = (name: string, value: unknown): Seed => ({
  name,
  kind: "json",
  bytes: Buffer.from(JSON.stringify(value)),
});

/** What there is, apart from names: a bit of a name may be another name. */
const shapes = (tensors: Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[] }>>) =>
  JSON.stringify(
    Object.values(tensors)
      .map(({ dtype, shape }) => `${dtype} ${shape}`)
      .sort(),
  );

/** A document that the caller has parsed; what is no JSON is not the reader's to judge. */
const parsed =
  (read: (value: unknown) => string | undefined): Reader["read"] =>
  (bytes) => {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      return { code: 2, printed: "" };
    }
    return read(value);
  };

/** A small network with all that a checkpoint keeps. */
function training() {
  manualSeed(3);
  const net = new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.ReLU(), new nn.Linear(4, 1));
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
  const scheduler = new optim.StepLR(optimizer, { stepSize: 2 });
  net(randn([5, 3]))
    .sum()
    .backward();
  optimizer.step();
  scheduler.step();
  return { net, optimizer, scheduler };
}

function checkpoint(): Uint8Array {
  const { net, optimizer, scheduler } = training();
  return saveCheckpoint({
    epoch: 3,
    step: 9,
    model: net.stateDict(),
    optimizer: optimizer.stateDict(),
    scheduler: scheduler.stateDict(),
    generators: { default: new Generator(1).getState() },
    earlyStopping: { epochs: 3, mode: "min", best: 0.5, bestEpoch: 2, model: net.stateDict() },
    monitor: "loss",
    history: [{ epoch: 1, loss: 0.5 }],
  });
}

let parts: ReturnType<typeof training> | undefined;
const stateOf = ({ net }: ReturnType<typeof training>) =>
  Buffer.from(saveSafetensors(net.stateDict())).toString("base64");

/** Loads into a network; one that refuses is as it was. */
function load(tensors: Readonly<Record<string, Tensor>>): void {
  parts ??= training();
  const before = stateOf(parts);
  try {
    parts.net.loadStateDict(tensors);
  } catch (error) {
    if (stateOf(parts) !== before) throw new Error("loadStateDict changed a network that it refused to load");
    throw error;
  }
}

function resume({ model, optimizer, scheduler, generators }: Checkpoint<never>): void {
  load(model);
  parts ??= training();
  parts.optimizer.loadStateDict(optimizer);
  if (scheduler !== undefined) parts.scheduler.loadStateDict(scheduler as ReturnType<typeof parts.scheduler.stateDict>);
  for (const state of Object.values(generators ?? {})) new Generator().setState(state);
}

const rows = [
  { x: 3, kind: "a", day: "2001-03-02", y: 1 },
  { x: null, kind: "new", day: null, y: 2 },
];

let loaded: TableModel | undefined;
const theModel = (world: World) => {
  loaded ??= TableModel.load(model(world));
  return loaded;
};

export const modelReaders: readonly Reader[] = [
  {
    name: "model",
    weight: 14,
    keepsShapes: true,
    seeds: (world) => [file("model", model(world))],
    read: (bytes) => {
      const read = TableModel.load(bytes);
      read.predictRows([{ x: 3, kind: "a", day: "2001-03-02" }]);
      return shapes(readSafetensorsHeader(bytes).tensors);
    },
  },
  {
    name: "safetensors",
    weight: 14,
    keepsShapes: true,
    seeds: (world) => [
      file("model", model(world)),
      file("plain", saveSafetensors(training().net.stateDict(), { metadata: { about: "a net" } })),
    ],
    read: (bytes) => {
      loadSafetensors(bytes);
      return shapes(readSafetensorsHeader(bytes).tensors);
    },
  },
  {
    name: "header",
    weight: 10,
    keepsShapes: true,
    seeds: (world) => [{ ...file("model", model(world)), knowsItsEnd: false }],
    read: (bytes) => shapes(readSafetensorsHeader(bytes).tensors),
  },
  {
    name: "state dict",
    weight: 6,
    seeds: () => [file("plain", saveSafetensors(training().net.stateDict()))],
    read: (bytes) => {
      load(loadSafetensors(bytes).tensors);
      return "loaded";
    },
  },
  {
    name: "checkpoint",
    weight: 8,
    seeds: ({ cut }) => [file("run", cut.file("checkpoint.safetensors")), file("small", checkpoint())],
    read: (bytes, { name }) => {
      const read = loadCheckpoint(bytes);
      if (name === "small") resume(read);
      return `epoch ${read.epoch}`;
    },
  },
  {
    name: "preprocessing",
    weight: 10,
    seeds: (world) => [document("preprocessing", theModel(world).preprocessing.toJSON())],
    read: parsed((value) => {
      const read = Preprocessing.fromJSON(value);
      FittedPreprocessing.fromJSON(read.toJSON());
      return JSON.stringify(read.toJSON());
    }),
  },
  {
    name: "schema",
    weight: 9,
    seeds: (world) => [document("schema", theModel(world).schema)],
    read: parsed((value) => JSON.stringify(schemaFromJSON(value))),
  },
  {
    name: "points",
    weight: 6,
    seeds: () => [
      document("rows", rows),
      document("columns", { x: [1, 2], kind: ["a", "b"], day: [null, "2001-01-01"] }),
    ],
    read: (bytes, { name }, world) =>
      parsed((value) => {
        if (name === "columns") return String(tableFromColumns(value as Record<string, unknown[]>).rows);
        tableFromRows(value as Record<string, unknown>[]);
        theModel(world).predictRows(value as Record<string, unknown>[]);
        return undefined;
      })(bytes, { name } as Seed, world),
  },
  {
    name: "rng state",
    weight: 1,
    seeds: () => [{ name: "state", kind: "binary", bytes: new Generator(5).getState(), knowsItsEnd: true }],
    read: (bytes) => {
      const generator = new Generator().setState(bytes);
      return String(randn([3], { generator }).toArray());
    },
  },
  {
    name: "predict --row",
    weight: 1.5,
    seeds: () => [document("row", rows[0])],
    read: (bytes, _, { cwd }) =>
      command(["predict", "model.safetensors", `--row=${new TextDecoder().decode(bytes)}`], cwd, { terminal: true }),
  },
  {
    name: "predict -",
    weight: 0.4,
    seeds: () => [
      { name: "rows", kind: "lines", bytes: Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join("")) },
      { name: "csv", kind: "text", bytes: Buffer.from("x,kind,day\n3,a,2001-03-02\n,new,\n") },
    ],
    read: (bytes, { name }, { cwd }) =>
      command(
        [
          "predict",
          "model.safetensors",
          "-",
          "--keep",
          "all",
          ...(name === "rows" ? ["--input-format", "ndjson"] : []),
        ],
        cwd,
        { stdin: bytes, terminal: true },
      ),
  },
  {
    name: "inspect model",
    weight: 0.8,
    seeds: (world) => [
      { ...file("x.safetensors", model(world)), args: ["inspect", "x.safetensors"] },
      { ...file("x.safetensors", model(world)), args: ["inspect", "x.safetensors", "--json"] },
      { ...file("x.safetensors", model(world)), args: ["evaluate", "x.safetensors", "t.csv"] },
      { ...file("x.safetensors", saveSafetensors(training().net.stateDict())), args: ["inspect", "x.safetensors"] },
    ],
    read: (bytes, { name, args = [] }, { cwd }) => {
      writeFileSync(join(cwd, name), bytes);
      return command(args, cwd);
    },
  },
];
