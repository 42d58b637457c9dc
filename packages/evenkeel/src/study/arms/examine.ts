import {
  because,
  describe,
  formatShape,
  isFloat,
  mismatch,
  problemError,
  problemOf,
  wrongState,
} from "../../core/index.ts";
import * as nn from "../../nn/index.ts";
import { getRngState, manualSeed, setRngState } from "../../random/index.ts";
import {
  type NetworkSize,
  Preprocessing,
  type PreprocessingOptions,
  rowsWithTarget,
  TabularNet,
  type Task,
} from "../../tabular/index.ts";
import { sizeFor } from "../../tabular/model/layers.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import { runningNorms } from "../../train/batchNorm/layers.ts";
import type { Loss } from "../../train/evaluate/evaluate.ts";
import { NonFiniteLossError } from "../../train/fit/nonFinite.ts";
import type { TablePlan } from "../../train/table/plan.ts";
import { type Rows, TableTrainer } from "../../train/table/trainer.ts";
import type { StudyData } from "../plan/plan.ts";
import { studied } from "../trial/studied.ts";
import type { TrialSettings } from "../trial/trialSpec.ts";
import type { Arm, NamedArm, NormArm } from "./arm.ts";
import { isNetworkArm } from "./checkArms.ts";
import { fingerprint } from "./fingerprint.ts";
import { type MakeNetwork, makeNetwork, type NetworkArm } from "./networkArm.ts";
import { planTrial, trialOptions } from "./trainingOptions.ts";

/** Enough rows for any layer that computes statistics of a batch. */
const mostRows = 8;

/**
 * A few rows to try a network with, and the size of the network. The size follows from all rows, so
 * that it is the same for every seed.
 */
interface Sample {
  readonly task: Task;
  readonly size: NetworkSize;
  readonly inputs: readonly [Tensor, ...Tensor[]];
  readonly target: Tensor;
  readonly truth: Float64Array;
}

/** What arms are examined with. Arms with the same preprocessing share a sample. */
export class Examination {
  readonly data: StudyData;
  readonly settings: TrialSettings;
  readonly #samples = new Map<string, Sample>();

  constructor(data: StudyData, settings: TrialSettings) {
    this.data = studied(data, settings);
    this.settings = settings;
  }

  sample(how: PreprocessingOptions | undefined): Sample {
    const key = JSON.stringify(how);
    const found = this.#samples.get(key) ?? sampleOf(this.data, how);
    this.#samples.set(key, found);
    return found;
  }
}

function sampleOf({ table, schema }: StudyData, how: PreprocessingOptions | undefined): Sample {
  const rows = rowsWithTarget(table, schema);
  const preprocessing = Preprocessing.fit(table, schema, rows, how);
  const few = rows.slice(0, mostRows);
  const { x, codes } = preprocessing.inputs(table, few);
  return {
    ...{ task: schema.task, size: sizeFor(preprocessing), target: preprocessing.targets(table, few) },
    ...{ truth: preprocessing.truth(table, few), inputs: codes === undefined ? [x] : [x, codes] },
  };
}

/**
 * Plans the training of an arm, makes its network and runs it on a few rows, so that mistakes are
 * reported before anything is trained. Restores the default generator.
 *
 * @param from the question that the arm belongs to; null for an arm that the user gave, whose
 *   function is also compiled and trained for one step
 * @throws TypeError, RangeError or Error naming the arm, if an option is invalid; if its function
 *   throws, returns no module, returns the same module twice or other weights from the same seed;
 *   if the output has the wrong shape; or if the network has no parameters to train or cannot be
 *   trained
 */
export function examineArm(
  arm: NormArm | NetworkArm,
  examination: Examination,
  from: Exclude<NamedArm["from"], "options">,
): Arm {
  if (!isNetworkArm(arm)) {
    planned(arm, examination, "planStudy");
    return arm;
  }
  const before = getRngState();
  try {
    const { name, network, options = {}, scale = "zscore", group = null, version = null } = arm;
    const seen: NamedArm = {
      ...{ name, scale, group, version, options, network: "", parameters: 0, batchNorm: false },
      from: network === undefined ? "options" : from,
    };
    const { sample, plan, loss } = planned(seen, examination, `planStudy: the arm ${describe(name)}`);
    const module =
      network === undefined
        ? new TabularNet(sample.size, plan.network)
        : from === null
          ? examined(name, network, sample, examination.data, { plan, loss })
          : made(name, network, sample, examination.data);
    return {
      ...{ ...seen, network: fingerprint(module), batchNorm: runningNorms(module).length > 0 },
      parameters: module.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0),
    };
  } finally {
    setRngState(before);
  }
}

function planned(arm: Arm, examination: Examination, who: string) {
  const { data, settings } = examination;
  const options = trialOptions({ ...settings, arm, lr: 0.01, seed: 0 });
  try {
    const sample = examination.sample(options.preprocessing);
    const rows = { train: sample.truth, validation: sample.truth, test: sample.truth };
    return { sample, ...planTrial(data.schema, rows, options, sample.truth) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    // The options are those of trainTable, so its messages apply; only the caller differs.
    throw because(problemError({ ...problem, where: { ...problem.where, caller: who } }), error);
  }
}

function made(name: string, network: MakeNetwork, { size, task }: Sample, { picture }: StudyData): nn.AnyModule {
  manualSeed(0);
  let module: unknown;
  const checked: MakeNetwork = (features, rest) => {
    module = network(features, rest);
    if (module instanceof nn.Module) return module as nn.AnyModule;
    throw new NoModule();
  };
  try {
    return makeNetwork(checked, size, { task, ...(picture && { picture }) });
  } catch (error) {
    if (error instanceof NoModule) {
      throw mismatch(
        "wrong-type",
        "planStudy",
        `the arm ${describe(name)} gave ${describe(module)}`,
        `a module such as nn.Sequential${module instanceof Promise ? "; it may not be async" : ""}`,
      );
    }
    throw because(
      wrongState("planStudy", `the arm ${describe(name)} threw when its network was made: ${messageOf(error)}`),
      error,
    );
  }
}

class NoModule extends Error {}

function examined(
  name: string,
  network: MakeNetwork,
  sample: Sample,
  data: StudyData,
  { plan, loss }: { readonly plan: TablePlan; readonly loss: Loss },
): nn.AnyModule {
  const who = `the arm ${describe(name)}`;
  const [first, second] = [made(name, network, sample, data), made(name, network, sample, data)];
  const shared = new Set<unknown>([...first.modules(), ...first.parameters()]);
  if ([...second.modules(), ...second.parameters()].some((part) => shared.has(part))) {
    throw wrongState(
      "planStudy",
      `${who} gave the same layers twice, so that a training would begin where another ended`,
      "make new ones at every call",
    );
  }
  if (!sameState(first, second)) {
    throw wrongState(
      "planStudy",
      `${who} made other weights from the same seed`,
      "draw from evenkeel's generators alone, not from Math.random",
    );
  }
  checkOutput(who, first, sample);
  if (!first.parameters().some(({ requiresGrad }) => requiresGrad)) {
    throw wrongState("planStudy", `${who} has no parameters that are trained`, "a study compares trainings");
  }
  try {
    const trainer = new TableTrainer(() => second, { optimizer: plan.optimizer, loss });
    const rows: Rows = [...sample.inputs, sample.target];
    const once = { ...plan, epochs: 1, batchSize: rows[0].shape[0], patience: false as const };
    for (const _ of trainer.run({ train: rows }, once, { keepsBest: false }));
  } catch (error) {
    // One step on eight unprepared rows may diverge, which is a result and not a mistake.
    if (error instanceof NonFiniteLossError) return first;
    throw because(wrongState("planStudy", `${who} cannot be trained: ${messageOf(error)}`), error);
  }
  return first;
}

function checkOutput(who: string, network: nn.AnyModule, { inputs, size, task }: Sample): void {
  const given = inputs.map(({ shape }) => formatShape(shape)).join(" and ");
  let output: unknown;
  try {
    output = noGrad(() => network(...inputs));
  } catch (error) {
    throw because(wrongState("planStudy", `${who} does not take inputs of shape ${given}: ${messageOf(error)}`), error);
  }
  if (!(output instanceof Tensor) || !isFloat(output.dtype)) {
    const what = output instanceof Tensor ? `a tensor of ${output.dtype}` : describe(output);
    throw mismatch("wrong-type", "planStudy", `${who} answers ${given} with ${what}`, "a tensor of floats");
  }
  const expected = [inputs[0].shape[0], size.outputs];
  if (output.ndim === 2 && output.shape.every((length, i) => length === expected[i])) return;
  throw mismatch(
    "wrong-shape",
    "planStudy",
    `${who} answers ${given} with ${formatShape(output.shape)}`,
    `${formatShape(expected)} (${task}): end it with a Linear to ${size.outputs}`,
  );
}

function sameState(first: nn.AnyModule, second: nn.AnyModule): boolean {
  const [a, b] = [first.stateDict(), second.stateDict()];
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [one, other] = [a[name], b[name]];
      return other !== undefined && one.shape.join() === other.shape.join() && isSame(one.data, other.data);
    })
  );
}

function isSame(one: ArrayLike<number | bigint>, other: ArrayLike<number | bigint>): boolean {
  for (let i = 0; i < one.length; i++) if (!Object.is(one[i], other[i])) return false;
  return one.length === other.length;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
