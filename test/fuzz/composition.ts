/**
 * A step and what is done with it, as data: it can be run in several ways, printed, and made
 * smaller. Code refers to values by name: `x0` an argument, `p0` a tensor outside the step, `l0` a
 * layer, `v0` a value of the step.
 *
 * Where code ends in `@`, a float64 run converts: `randn([3])@` has the numbers of float32 in
 * either precision.
 */
export interface Statement {
  /** The name of what it makes; a statement without one is there for its effect. */
  readonly name?: string;
  readonly code: string;
  /** Its form in float64, where numbers are drawn otherwise than in float32. */
  readonly in64?: string;
}

export interface OptimizerSpec {
  readonly kind: "SGD" | "Adam" | "AdamW";
  readonly options: string;
  /** Layers and tensors, with the options of their group. */
  readonly groups: readonly { readonly members: readonly string[]; readonly options: string }[];
  /** What stands between `new` and the end, such as `optim.StepLR(optimizer, { stepSize: 1 })`. */
  readonly scheduler?: string;
}

/** One call of the step. */
export interface Call {
  /** The size that the code of arguments calls N. */
  readonly batch: number;
  /** What changes before it. */
  readonly before: readonly Statement[];
  /** The step's last argument: whether it makes the optimizer's step, in steps that ask. */
  readonly update: boolean;
  /** Whether the step is called as it is, though the others are compiled. */
  readonly eager?: boolean;
}

export interface Composition {
  readonly seed: number;
  /** Layers and tensors that outlive the step. */
  readonly members: readonly Statement[];
  readonly optimizer?: OptimizerSpec;
  readonly inputs: readonly Statement[];
  readonly body: readonly Statement[];
  readonly results: readonly string[];
  readonly calls: readonly Call[];
  /** Whether the step is called where no gradients are recorded. */
  readonly noGrad: boolean;
  /** What `compile` is given beside the step. */
  readonly options: string;
}

const names = /\b[xplv]\d+\b/g;

/** The names that code refers to. */
export function usesOf({ code, in64 = "" }: Statement): string[] {
  return [...new Set(`${code} ${in64}`.match(names) ?? [])];
}

/** The statement with another name in place of one it refers to. */
export function renamed(statement: Statement, from: string, to: string): Statement {
  const word = new RegExp(`\\b${from}\\b`, "g");
  const { code, in64 } = statement;
  return { ...statement, code: code.replace(word, to), ...(in64 && { in64: in64.replace(word, to) }) };
}

/**
 * The composition without what refers to names that are not there, and without what nothing refers
 * to.
 */
export function tidied(composition: Composition): Composition {
  const known = new Set([...composition.members, ...composition.inputs].map(({ name }) => name));
  const body: Statement[] = [];
  for (const statement of composition.body) {
    if (!usesOf(statement).every((name) => known.has(name))) continue;
    if (/\boptimizer\b/.test(statement.code) && composition.optimizer === undefined) continue;
    body.push(statement);
    known.add(statement.name);
  }
  const isKnown = (statement: Statement) => usesOf(statement).every((name) => known.has(name));
  const used = new Set(body.flatMap(usesOf));
  const results = composition.results.filter((name) => known.has(name));
  for (const name of results) used.add(name);
  const groups = (composition.optimizer?.groups ?? [])
    .map((group) => ({ ...group, members: group.members.filter((name) => used.has(name)) }))
    .filter(({ members }) => members.length > 0);
  const optimizer = groups.length > 0 ? { ...(composition.optimizer as OptimizerSpec), groups } : undefined;
  const hasOptimizer = ({ code }: Statement) => optimizer !== undefined || !/\b(optimizer|scheduler)\b/.test(code);
  const { optimizer: _, ...rest } = composition;
  return {
    ...rest,
    members: composition.members.filter(({ name }) => used.has(name as string)),
    inputs: composition.inputs.filter(({ name }) => used.has(name as string)),
    body: body.filter(hasOptimizer),
    results,
    ...(optimizer && { optimizer }),
    calls: composition.calls.map((call) => ({
      ...call,
      before: call.before.filter(
        (statement) =>
          isKnown(statement) && hasOptimizer(statement) && usesOf(statement).every((name) => used.has(name)),
      ),
    })),
  };
}
