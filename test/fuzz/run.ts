import { compile, defaultGenerator, Generator, nn, optim, Tensor, type Tree, type TypedArray, tensor } from "evenkeel";
import type { Composition } from "./composition.ts";
import { functionOf } from "./evaluate.ts";
import { type Precision, sourceOf } from "./source.ts";

/**
 * How a step is run: op by op, by programs that are kept, or by programs that are made for one
 * call.
 */
export type Mode = "eager" | "compiled" | "anew";

/** The numbers of one tensor after one call, or the state of the generator. */
export interface Observation {
  readonly label: string;
  /**
   * Whether rounding may touch it: the generator's state and counts are to be the same to the bit.
   */
  readonly exact: boolean;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: TypedArray;
}

export interface Outcome {
  readonly observations: readonly Observation[];
  /** Calls that ran to their end. */
  readonly calls: number;
  readonly error?: Error;
  readonly programs: number;
}

type Step = (...args: Tree[]) => unknown;

/** Runs all calls, and notes after each what the step gave and what it left behind. */
export function run(composition: Composition, precision: Precision, mode: Mode): Outcome {
  const observations: Observation[] = [];
  let members: Record<string, unknown> = {};
  let calls = 0;
  let programs = 0;
  const make = (step: Step, options?: object): Step => {
    if (mode === "eager") return step;
    if (mode === "anew") return (...args) => compile(step, options)(...args);
    const compiled = compile(step, options);
    return (...args) => {
      const results = compiled(...args);
      programs = Math.max(programs, compiled.programs);
      return results;
    };
  };
  const watch = (given: Record<string, unknown>) => {
    members = given;
  };
  const show = (results: unknown) => {
    calls++;
    const add = (name: string, tensor: unknown, exact = false) => {
      if (!(tensor instanceof Tensor)) return;
      const { shape, dtype, data } = tensor;
      observations.push({ label: `call ${calls}: ${name}`, exact, shape, dtype, data: data.slice() });
    };
    const results_ = results as readonly unknown[];
    for (const [i, name] of composition.results.entries()) add(`result ${name}`, results_[i]);
    for (const [name, member] of Object.entries(members)) observeMember(name, member, add);
    const data = defaultGenerator.getState();
    observations.push({
      label: `call ${calls}: the generator's state`,
      exact: true,
      shape: [data.length],
      dtype: "bytes",
      data: data as TypedArray,
    });
  };
  const names = ["compile", "watch", "show"];
  const { warn } = console;
  // A program that was found to be stale is one that a guard should have set aside. All else that
  // is worth a word to a user, ops on the host and schedules before steps, is what compositions are
  // full of.
  console.warn = (message: string) => {
    if (message.includes("does something else than when it was traced")) throw new Error(message);
    if (!message.startsWith("evenkeel: ")) warn(message);
  };
  try {
    functionOf(sourceOf(composition, precision), names)(make, watch, show);
    return { observations, calls, programs };
  } catch (error) {
    return { observations, calls, programs, error: error as Error };
  } finally {
    console.warn = warn;
  }
}

type Add = (name: string, tensor: unknown, exact?: boolean) => void;

function observeMember(name: string, member: unknown, add: Add): void {
  const withGrad = (path: string, tensor: Tensor) => {
    add(path, tensor);
    add(`${path}.grad`, tensor.grad);
  };
  if (member instanceof Generator) add(`${name}'s state`, tensor(member.getState(), { dtype: "int32" }), true);
  else if (member instanceof Tensor) withGrad(name, member);
  else if (member instanceof nn.Module) {
    for (const [path, parameter] of member.namedParameters()) withGrad(`${name}.${path}`, parameter);
    for (const [path, buffer] of member.namedBuffers()) {
      add(`${name}.${path}`, buffer, path.endsWith("num_batches_tracked"));
    }
  } else if (member instanceof optim.Optimizer) {
    let position = 0;
    for (const state of member.state.values()) {
      for (const [key, tensor] of Object.entries(state))
        add(`${name}.state[${position}].${key}`, tensor, key === "step");
      position++;
    }
  }
}
