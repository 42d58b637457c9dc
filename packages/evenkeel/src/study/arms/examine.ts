import { because, describe, formatShape, isFloat, mismatch, wrongState } from "../../core/index.ts";
import * as nn from "../../nn/index.ts";
import { getRngState, manualSeed, setRngState } from "../../random/index.ts";
import { type NetworkSize, Preprocessing, splitRows, type Task } from "../../tabular/index.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import type { StudyData } from "../plan/plan.ts";
import { runningNorms, Trainer } from "../trial/trainer.ts";
import type { TrialSettings } from "../trial/trialSpec.ts";
import type { NamedArm, Scale } from "./arm.ts";
import { fingerprint } from "./fingerprint.ts";
import { makeNetwork, type NetworkArm } from "./networkArm.ts";

/** Enough for every layer that looks at a batch. */
const mostRows = 8;

/** Rows to try a network with, and how large it is to be: from all rows, so that no seed decides it. */
export interface Sample {
  readonly task: Task;
  readonly size: NetworkSize;
  readonly inputs: readonly Tensor[];
  readonly target: Tensor;
}

export function sampleOf(
  { table, schema }: StudyData,
  scale: Scale,
  { target }: Pick<TrialSettings, "target">,
): Sample {
  const { train, validation, test } = splitRows(table, schema);
  const rows = Int32Array.from([...train, ...validation, ...test]).sort();
  const preprocessing = Preprocessing.fit(table, schema, rows, { scale: inputScale(scale), target });
  const few = rows.slice(0, mostRows);
  const { x, codes } = preprocessing.inputs(table, few);
  return {
    ...{ task: schema.task, size: sizeFor(preprocessing), target: preprocessing.targets(table, few) },
    inputs: codes === undefined ? [x] : [x, codes],
  };
}

export function sizeFor({ features, embeddings, outputs }: Preprocessing): NetworkSize {
  return { features: features.length, embeddings: embeddings.map(({ categories }) => categories), outputs };
}

/** What Preprocessing calls it. */
export function inputScale(scale: Scale): "none" | "zscore" | "robust" {
  return scale === "raw" ? "none" : scale;
}

/**
 * Makes the network of an arm and runs it on a few rows: what is wrong with it is said before anything is trained. The
 * default generator is afterwards as it was.
 *
 * @param from the question that the arm belongs to; null for a function that was given, which is then also compiled and
 *   trained for one step
 * @throws TypeError, RangeError or Error naming the arm: it threw, it made no module, or the same one twice, or other weights
 *   from the same seed; its output has another shape; it has nothing to train, or cannot be trained
 */
export function examineArm(arm: NetworkArm, sample: Sample, data: StudyData, from: NamedArm["from"]): NamedArm {
  const before = getRngState();
  try {
    const { name, scale = "zscore", group = null, version = null } = arm;
    const network = from === null ? examined(arm, sample, data) : made(arm, sample, data);
    return {
      ...{ name, scale, group, version, network: fingerprint(network) },
      parameters: network.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0),
      ...{ batchNorm: runningNorms(network).length > 0, from },
    };
  } finally {
    setRngState(before);
  }
}

function made({ name, network }: NetworkArm, { size, task }: Sample, { picture }: StudyData): nn.AnyModule {
  manualSeed(0);
  let module: unknown;
  const checked: NetworkArm["network"] = (features, rest) => {
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

function examined(arm: NetworkArm, sample: Sample, data: StudyData): nn.AnyModule {
  const who = `planStudy: the arm ${describe(arm.name)}`;
  const [first, second] = [made(arm, sample, data), made(arm, sample, data)];
  const shared = new Set<unknown>([...first.modules(), ...first.parameters()]);
  if ([...second.modules(), ...second.parameters()].some((part) => shared.has(part))) {
    throw wrongState(
      "",
      `${who} gave the same layers twice, so that a training would begin where another ended`,
      "make new ones at every call",
    );
  }
  if (!sameState(first, second)) {
    throw wrongState(
      "",
      `${who} made other weights from the same seed`,
      "draw from evenkeel's generators alone, not from Math.random",
    );
  }
  checkOutput(who, first, sample);
  if (!first.parameters().some(({ requiresGrad }) => requiresGrad)) {
    throw wrongState("", `${who} has no parameters that are trained`, "a study compares trainings");
  }
  try {
    const trainer = new Trainer(() => second, sample.task);
    trainer.step(sample.inputs, sample.target);
  } catch (error) {
    throw because(wrongState("", `${who} cannot be trained: ${messageOf(error)}`), error);
  }
  return first;
}

function checkOutput(who: string, network: nn.AnyModule, { inputs, size, task }: Sample): void {
  const given = inputs.map(({ shape }) => formatShape(shape)).join(" and ");
  let output: unknown;
  try {
    output = noGrad(() => network(...inputs));
  } catch (error) {
    throw because(wrongState("", `${who} does not take inputs of shape ${given}: ${messageOf(error)}`), error);
  }
  if (!(output instanceof Tensor) || !isFloat(output.dtype)) {
    const what = output instanceof Tensor ? `a tensor of ${output.dtype}` : describe(output);
    throw mismatch("wrong-type", "", `${who} answers ${given} with ${what}`, "a tensor of floats");
  }
  const expected = [inputs[0].shape[0], size.outputs];
  if (output.ndim === 2 && output.shape.every((length, i) => length === expected[i])) return;
  throw mismatch(
    "wrong-shape",
    "",
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
