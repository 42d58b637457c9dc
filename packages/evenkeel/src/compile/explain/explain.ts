import { formatShape, type GivenOptions, optional, resolveOptions, wholeNumber } from "../../core/index.ts";
import type { GraphValue } from "../graph.ts";
import { nodesOf } from "../memory/layout.ts";
import type { Program } from "../program/program.ts";
import { formatProgram } from "./formatProgram.ts";

const explainOptions = {
  /**
   * Time every task over this many more steps on the last arguments; they change state as any step
   * does. Without it there are no times (0).
   */
  profile: optional(wholeNumber(0), 0),
};

export interface ExplainOptions extends GivenOptions<typeof explainOptions> {}

/** One task of a program: an op, elementwise ops in one loop, or one op on arrays side by side. */
export interface TaskExplanation {
  /**
   * The ops, as `mul + add + relu` where they share a loop, and `adamStep x 10` where an op is
   * called on many arrays.
   */
  readonly name: string;
  /**
   * Shapes of inputs and outputs, as `[32, 9] [50, 9] -> [32, 50]`; for many arrays only those
   * written.
   */
  readonly shapes: string;
  /** Bytes of the outputs. */
  readonly bytes: number;
  /**
   * The reason why the task calls a reference on the host; undefined if it runs code of the
   * program.
   */
  readonly fallback?: string | undefined;
  /** Median microseconds, if profiled. */
  readonly microseconds?: number;
}

/** The contents of a program. */
export interface ProgramExplanation {
  readonly signature: string;
  readonly tasks: readonly TaskExplanation[];
  /** The number of tasks that call a reference on the host. */
  readonly fallbacks: number;
  /**
   * Bytes of the WebAssembly module; of temporaries in one arena, and without sharing; of working
   * memory.
   */
  readonly memory: {
    readonly module: number;
    readonly arena: number;
    readonly unshared: number;
    readonly scratch: number;
  };
}

/**
 * Printable, in lines of at most 100 columns, in which long lists are shortened; `programs` has the
 * complete data.
 */
export interface Explanation {
  readonly programs: readonly ProgramExplanation[];
  toString(): string;
}

interface Named {
  readonly program: Program;
  readonly signature: string;
}

export function explain(programs: readonly Named[], options: ExplainOptions = {}): Explanation {
  const { profile } = resolveOptions("explain", options, explainOptions);
  const explained = programs.map((named) => explainProgram(named, profile));
  const print = () => explained.map(formatProgram).join("\n\n") || "no programs yet: call the compiled function first";
  return { programs: explained, toString: print, ...{ [Symbol.for("nodejs.util.inspect.custom")]: print } };
}

function explainProgram({ program, signature }: Named, profile: number): ProgramExplanation {
  const { tasks, code, layout, bytes } = program.parts;
  const times = profile > 0 ? program.profile(profile) : undefined;
  const explained = tasks.map((task, index): TaskExplanation => {
    const nodes = nodesOf(task);
    const { inputs, outputs } = task.kind === "op" ? task.node : task;
    const shapes = (values: readonly GraphValue[]) => values.map(({ shape }) => formatShape(shape)).join(" ");
    return {
      name:
        task.kind === "joined" ? `${nodes[0].op.name} x ${nodes.length}` : nodes.map(({ op }) => op.name).join(" + "),
      shapes:
        task.kind === "joined"
          ? shapes(nodes.map((node) => node.inputs[0]))
          : `${shapes(inputs)} -> ${shapes(outputs)}`,
      bytes: outputs.reduce((total, { buffer }) => total + (layout.lifetimes.get(buffer)?.bytes ?? 0), 0),
      fallback: code[index].fallback,
      ...(times && { microseconds: times[index] }),
    };
  });
  return {
    signature,
    tasks: explained,
    fallbacks: explained.filter(({ fallback }) => fallback !== undefined).length,
    memory: {
      module: bytes.length,
      arena: layout.arenaBytes,
      unshared: layout.unsharedBytes,
      scratch: layout.scratchBytes,
    },
  };
}
