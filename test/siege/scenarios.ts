import { writeFileSync } from "node:fs";
import { type BuiltCommand, callsIn } from "./command.ts";
import { World } from "./world.ts";

/** A command that is besieged. */
export interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Makes what is there before. */
  readonly prepare: (world: World, command: BuiltCommand) => Promise<void>;
  /** The file beside the run or the study that the command writes, which is whole or as before. */
  readonly out?: string;
  /** What the command line makes, so how one goes on after a fault. */
  readonly makes: "run" | "study" | "file" | "nothing";
}

const table = Array.from({ length: 60 }, (_, i) => [Math.sin(i).toFixed(4), i % 7, (Math.sin(i) + (i % 7)).toFixed(3)]);
const csv = `x,z,y\n${table.map((row) => `${row.join(",")}\n`).join("")}`;
/** Not in UTF-8, so that reading makes a copy. */
const latin = Buffer.from(csv.replaceAll("\n", ",\xdf\n"), "latin1");

const training = ["t.csv", "--target", "y", "--epochs", "2", "--hidden", "4", "--seed", "1"];
const train = ["train", ...training, "--out", "m.safetensors", "--tensorboard"];
const few = ["--scales", "zscore", "--norms", "none,batch", "--dropout", "0", "--lr", "0.01", "--rows", "none"];
const small = ["--rescale", "none", "--epoch-fractions", "none", "--seeds", "2", "--epochs", "2", "--hidden", "4"];
const study = ["study", "t.csv", "--target", "y", ...few, ...small, "--threads", "1", "--out", "s"];

const withTable = async (world: World) => {
  writeFileSync(world.file("t.csv"), csv);
  writeFileSync(world.file("latin.csv"), latin);
};
const withModel = async (world: World) => {
  await withTable(world);
  await succeed(world, ["train", ...training, "--no-report", "--no-refit", "--out", "model.safetensors"]);
};

async function succeed(world: World, args: readonly string[]): Promise<void> {
  const { code, err } = await world.runHere(args);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${err}`);
}

/** Kills a command in the middle: at the call of this number that matches. */
async function interrupt(world: World, command: BuiltCommand, args: readonly string[], call: RegExp, number: number) {
  const calls = await undisturbedCalls(world, command, args);
  const at = calls.flatMap((one, index) => (call.test(one) ? index : [])).at(number);
  if (at === undefined) throw new Error(`${args.join(" ")} makes no call number ${number} like ${call}`);
  const { signal, err } = await world.spawn(command, args, { calls: "changes", clock, at, act: { kind: "kill" } });
  if (signal !== "SIGKILL") throw new Error(`${args.join(" ")} was not killed: ${err}`);
}

async function undisturbedCalls(world: World, command: BuiltCommand, args: readonly string[]): Promise<string[]> {
  const other = world.copy();
  const trace = `${other.root}/trace`;
  await other.spawn(command, args, { calls: "changes", clock, trace });
  const calls = callsIn(trace);
  other.remove();
  return calls;
}

/** So fast that every epoch takes more than the second that checkpoints are apart. */
export const clock = 1e5;

export const scenarios: readonly Scenario[] = [
  { name: "train", args: train, prepare: withTable, out: "m.safetensors", makes: "run" },
  {
    name: "train --resume",
    args: ["train", "--resume", "latest"],
    prepare: async (world, command) => {
      await withTable(world);
      await interrupt(world, command, train, /^rename .*checkpoint/, 1);
    },
    out: "m.safetensors",
    makes: "run",
  },
  { name: "study", args: study, prepare: withTable, makes: "study" },
  {
    name: "study --resume",
    args: ["study", "--resume", "s", "--threads", "1"],
    prepare: async (world, command) => {
      await withTable(world);
      await interrupt(world, command, study, /^write .*trials/, 2);
    },
    makes: "study",
  },
  {
    name: "predict -o, a new file",
    args: ["predict", "model.safetensors", "latin.csv", "-o", "p.csv", "--keep", "x"],
    prepare: withModel,
    out: "p.csv",
    makes: "file",
  },
  {
    name: "predict -o, over a file",
    args: ["predict", "model.safetensors", "t.csv", "-o", "p.csv"],
    prepare: async (world) => {
      await withModel(world);
      writeFileSync(world.file("p.csv"), "mine\n1\n");
    },
    out: "p.csv",
    makes: "file",
  },
  {
    name: "predict -o, Parquet",
    args: ["predict", "model.safetensors", "t.csv", "-o", "p.parquet"],
    prepare: withModel,
    out: "p.parquet",
    makes: "file",
  },
  { name: "evaluate", args: ["evaluate", "model.safetensors", "latin.csv"], prepare: withModel, makes: "nothing" },
  { name: "inspect -", args: ["inspect", "-"], stdin: csv, prepare: withTable, makes: "nothing" },
  { name: "runs list", args: ["runs", "list"], prepare: withModel, makes: "nothing" },
  { name: "runs show", args: ["runs", "show", "latest"], prepare: withModel, makes: "nothing" },
];

/** A scenario before it begins, and what it does when it is left alone. */
export interface Ground {
  readonly scenario: Scenario;
  readonly before: World;
  readonly calls: readonly string[];
  readonly expected: ReadonlyMap<string, string>;
}

/** @throws Error if the undisturbed command does not succeed */
export async function groundOf(scenario: Scenario, command: BuiltCommand, calls: "changes" | "all"): Promise<Ground> {
  const before = new World();
  await scenario.prepare(before, command);
  const world = before.copy();
  const trace = `${world.root}/trace`;
  const { stdin } = scenario;
  const { code, err } = await world.spawn(command, scenario.args, { calls, clock, trace, stdin });
  if (code !== 0) throw new Error(`${scenario.name} ended with ${code}: ${err}`);
  const ground = { scenario, before, calls: callsIn(trace), expected: world.written() };
  world.remove();
  return ground;
}
