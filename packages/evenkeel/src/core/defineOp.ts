import { apply } from "./apply.ts";
import type { GradRule, JointGradRule, NdArray, NotDifferentiable, OpRow, Spec, Unfused, Value } from "./op.ts";

/** One value per output; a single output is not in a list. */
type Outputs<Out extends readonly string[], V> = Out extends readonly [string] ? V : { readonly [K in keyof Out]: V };

type Operands<In extends readonly string[], V> = { readonly [K in keyof In]: V | number };

/** Attributes are the last argument, optional when all of them are. */
type Attrs<A> = Record<never, never> extends A ? [attrs?: A] : [attrs: A];

/** A row is called like a function; every call goes through the dispatcher. */
type Op<In extends readonly string[], Out extends readonly string[], A> = OpRow<A> &
  (<V extends Value>(...args: [...Operands<In, V>, ...Attrs<A>]) => Outputs<Out, V>);

type VariadicOp<Out extends readonly string[], A> = OpRow<A> &
  (<V extends Value>(inputs: readonly V[], ...attrs: Attrs<A>) => Outputs<Out, V>);

/** An op that turns one value into a list. */
type ListOp<In extends readonly string[], A> = OpRow<A> &
  (<V extends Value>(...args: [...Operands<In, V>, ...Attrs<A>]) => readonly V[]);

interface Definition<A, S extends string> {
  readonly name: string;
  readonly shape: (inputs: readonly Spec[], attrs: A) => readonly Spec[];
  readonly reference: (inputs: readonly NdArray[], outputs: readonly NdArray[], attrs: A) => void;
  readonly aliases?: boolean;
  readonly writes?: readonly number[];
  readonly saves?: readonly S[];
  readonly savedFor?: { readonly [K in S]?: readonly number[] };
}

/** Gradients flow into the first output alone. */
interface Single<A, S extends string> {
  readonly grad: GradRule<A, S> | NotDifferentiable | Unfused<A>;
}

/** Gradients flow into several outputs, which are named; the rule gets one gradient for each. */
interface Joint<D, A, S extends string> {
  readonly differentiable: D;
  readonly jointGrad: JointGradRule<A, S>["rule"];
}

type AnyDefinition<A, S extends string> = Definition<A, S> &
  (Single<A, S> | Joint<readonly string[] | "all", A, S>) & {
    readonly inputs: OpRow["inputs"];
    readonly outputs?: OpRow["outputs"];
  };

/**
 * Makes a row of the op table and the function that calls it. A row without a shape rule, a
 * reference or a gradient does not compile; neither does a gradient that reads a value that `saves`
 * does not list.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<
  const In extends readonly string[],
  A extends object = Record<never, never>,
  const Out extends readonly string[] = readonly ["output"],
  S extends In[number] | Out[number] = never,
>(
  definition: Definition<A, S> &
    (Single<A, S> | Joint<readonly Out[number][], A, S>) & { readonly inputs: In; readonly outputs?: Out },
): Op<In, Out, A> {
  const arity = definition.inputs.length;
  const call = (...args: unknown[]) => {
    const outputs = apply(row, args.slice(0, arity) as (Value | number)[], args[arity] ?? {});
    return outputs.length === 1 ? outputs[0] : outputs;
  };
  const row = asRow(call, definition);
  return row as unknown as Op<In, Out, A>;
}

/** {@link defineOp} for an op over a list of values; its gradient saves none of them. */
/* @__NO_SIDE_EFFECTS__ */
export function defineVariadicOp<A extends object>(
  definition: Definition<A, never> & Single<A, never>,
): VariadicOp<readonly ["output"], A> {
  const call = (inputs: readonly Value[], attrs: A) => apply(row, inputs, attrs ?? {})[0];
  const row = asRow(call, { ...definition, inputs: "variadic" as const });
  return row as unknown as VariadicOp<readonly ["output"], A>;
}

/**
 * {@link defineOp} for an op that returns a list, whose length the shape rule decides; gradients
 * flow into each item.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineListOp<const In extends readonly string[], A extends object, S extends In[number] = never>(
  definition: Definition<A, S> & Omit<Joint<"all", A, S>, "differentiable"> & { readonly inputs: In },
): ListOp<In, A> {
  const arity = definition.inputs.length;
  const call = (...args: unknown[]) => apply(row, args.slice(0, arity) as (Value | number)[], args[arity] ?? {});
  const row = asRow(call, { ...definition, outputs: "variadic", differentiable: "all" });
  return row as unknown as ListOp<In, A>;
}

function asRow<A, S extends string>(call: (...args: never[]) => unknown, definition: AnyDefinition<A, S>): OpRow<A> {
  // A function's own `name` is read-only but configurable, hence defineProperty for that one.
  Object.defineProperty(call, "name", { value: definition.name });
  const { inputs, outputs = ["output"], shape, reference } = definition;
  const { aliases = false, writes = [], saves = [], savedFor = {} } = definition;
  const known = { inputs, outputs, shape, reference, aliases, writes, saves, savedFor, ...flow(definition, outputs) };
  return Object.assign(call, known) as unknown as OpRow<A>;
}

function flow<A, S extends string>(
  definition: Single<A, S> | Joint<readonly string[] | "all", A, S>,
  outputs: OpRow["outputs"],
) {
  if ("grad" in definition) return { differentiable: [0], grad: definition.grad };
  const { differentiable, jointGrad } = definition;
  const places = differentiable === "all" ? differentiable : differentiable.map((name) => outputs.indexOf(name));
  return { differentiable: places, grad: { kind: "joint", rule: jointGrad } };
}
