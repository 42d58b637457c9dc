import { apply } from "./apply.ts";
import type { GradRule, NdArray, NotDifferentiable, OpRow, Spec, Unfused, Value } from "./op.ts";

/** One value per output; a single output comes bare. */
type Outputs<Out extends readonly string[], V> = Out extends readonly [string] ? V : { readonly [K in keyof Out]: V };

type Operands<In extends readonly string[], V> = { readonly [K in keyof In]: V | number };

/** Attributes are the last argument, optional when all of them are. */
type Attrs<A> = Record<never, never> extends A ? [attrs?: A] : [attrs: A];

/** A row is called like a function: through the door, and nowhere else. */
export type Op<In extends readonly string[], Out extends readonly string[], A> = OpRow<A> &
  (<V extends Value>(...args: [...Operands<In, V>, ...Attrs<A>]) => Outputs<Out, V>);

export type VariadicOp<Out extends readonly string[], A> = OpRow<A> &
  (<V extends Value>(inputs: readonly V[], ...attrs: Attrs<A>) => Outputs<Out, V>);

interface Definition<Out extends readonly string[], A, S extends string> {
  readonly name: string;
  readonly outputs?: Out;
  readonly shape: (inputs: readonly Spec[], attrs: A) => readonly Spec[];
  readonly reference: (inputs: readonly NdArray[], outputs: readonly NdArray[], attrs: A) => void;
  readonly aliases?: boolean;
  readonly writes?: readonly number[];
  readonly saves?: readonly S[];
  readonly savedFor?: { readonly [K in S]?: readonly number[] };
  readonly grad: GradRule<A, S> | NotDifferentiable | Unfused<A>;
}

/**
 * Makes a row of the op table and the function that calls it. A missing shape rule, meaning or gradient does not
 * compile, nor does a gradient that reads a value it did not declare in `saves`.
 */
export function defineOp<
  const In extends readonly string[],
  A extends object = Record<never, never>,
  const Out extends readonly string[] = readonly ["output"],
  S extends In[number] | Out[number] = never,
>(definition: Definition<Out, A, S> & { readonly inputs: In }): Op<In, Out, A> {
  const arity = definition.inputs.length;
  const call = (...args: unknown[]) => {
    const outputs = apply(row, args.slice(0, arity) as (Value | number)[], args[arity] ?? {});
    return outputs.length === 1 ? outputs[0] : outputs;
  };
  const row = asRow(call, definition);
  return row as unknown as Op<In, Out, A>;
}

/** {@link defineOp} for an op over a list of values; its gradient saves none of them. */
export function defineVariadicOp<A extends object>(
  definition: Definition<readonly ["output"], A, never>,
): VariadicOp<readonly ["output"], A> {
  const call = (inputs: readonly Value[], attrs: A) => apply(row, inputs, attrs ?? {})[0];
  const row = asRow(call, { ...definition, inputs: "variadic" as const });
  return row as unknown as VariadicOp<readonly ["output"], A>;
}

function asRow<A, S extends string>(
  call: (...args: never[]) => unknown,
  definition: Definition<readonly string[], A, S> & { readonly inputs: OpRow["inputs"] },
): OpRow<A> {
  // A function's own `name` is read-only but configurable, hence defineProperty for that one.
  Object.defineProperty(call, "name", { value: definition.name });
  const {
    name: _,
    outputs = ["output"],
    aliases = false,
    writes = [],
    saves = [],
    savedFor = {},
    ...rest
  } = definition;
  return Object.assign(call, { outputs, aliases, writes, saves, savedFor, ...rest }) as unknown as OpRow<A>;
}
