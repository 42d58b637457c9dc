import { manualSeed, type nn } from "evenkeel";
import { buildBackward } from "./backward.ts";
import { Builder } from "./builder.ts";
import { changeOf } from "./catalogue/changes.ts";
import { optimizerFor } from "./catalogue/optimizers.ts";
import { type Call, type Composition, type Statement, tidied } from "./composition.ts";
import { buildForward } from "./forward.ts";
import { Random } from "./random.ts";
import { run } from "./run.ts";

const batches = [1, 2, 2, 3, 3, 4, 5, 7, 17, 31, 33];
/** A later call may have an empty batch, or a large one. */
const laterBatches = [...batches, 0, 65];

/** A composition that runs eagerly: the same for the same seed. */
export function generate(seed: number): Composition {
  const random = new Random(seed);
  for (;;) {
    manualSeed(seed);
    const made = attempt(seed, random);
    if (made === undefined) continue;
    const composition = tidied(made);
    if (composition.body.length === 0 || composition.results.length === 0) continue;
    // Calls that fail, of a batch that does not fit or with all frozen, are left out with those
    // behind them.
    const { calls } = run(composition, "float32", "eager");
    if (calls > 0) return { ...composition, calls: composition.calls.slice(0, calls) };
  }
}

function attempt(seed: number, random: Random): Composition | undefined {
  const noGrad = random.chance(0.15);
  const batch = random.pick(batches);
  const builder = new Builder(random, batch, noGrad);
  buildForward(builder);
  const forwardOnly = noGrad || random.chance(0.05);
  const forwardLength = builder.body.length;
  if (!forwardOnly && !buildBackward(builder)) return undefined;
  const { members, inputs, body, floats } = builder;
  const hasBackward = body.some(({ code }) => code.includes(".backward("));
  const trained = members.filter(
    ({ name, code }) =>
      code.endsWith(".requiresGrad_()") ||
      (name?.startsWith("l") && (builder.value(name) as nn.Module).parameters().length > 0),
  );
  const names = random.some(trained, 0.9).map(({ name }) => name as string);
  const optimizer = hasBackward && names.length > 0 && random.chance(0.75) ? optimizerFor(names, random) : undefined;
  const training = optimizer === undefined ? { first: [], last: afterBackward(trained, random) } : steps(random);
  const made = floats.map(({ name }) => name).filter((name) => name.startsWith("v"));
  const results = [
    ...new Set([...made.slice(-2), ...random.some(made, 0.2), ...random.some(members, 0.03).flatMap(tensorName)]),
  ];
  const zeroAt = random.chance(0.5) ? 0 : forwardLength;
  return {
    seed,
    members,
    ...(optimizer && { optimizer }),
    inputs,
    body: [...body.slice(0, zeroAt), ...training.first, ...body.slice(zeroAt), ...training.last],
    results,
    calls: callsOf(batch, random, () => changeOf(members, optimizer, random)),
    noGrad,
    options: optionsOf(random),
  };
}

/** Mostly without tracing again, which would mend what guards have missed. */
function optionsOf(random: Random): string {
  const options = [
    ...random.weighted([
      [7, ['check: "never"']],
      [2, []],
      [1, ['check: "always"']],
    ]),
    ...random.some(["cacheSize: 1"], 0.04),
  ];
  return options.length > 0 ? `, { ${options.join(", ")} }` : "";
}

const tensorName = ({ name = "" }: Statement) => (name.startsWith("p") ? [name] : []);

/** What an optimizer does before and after backward. */
function steps(random: Random): { first: Statement[]; last: Statement[] } {
  const all = "optimizer.paramGroups.flatMap((group) => group.params)";
  const clip = random.weighted<readonly string[]>([
    [6, []],
    [1, [`optim.clipGradNorm(${all}, 0.3)`]],
    [0.4, [`optim.clipGradNorm(${all}, 0.3, { normType: ${random.pick(["Infinity", 1])} })`]],
    [0.6, [`optim.clipGradValue(${all}, 0.05)`]],
  ]);
  const [first, last] = random.weighted<readonly [readonly string[], readonly string[]]>([
    [6, [["optimizer.zeroGrad()"], ["optimizer.step()"]]],
    [1, [["optimizer.zeroGrad({ setToNone: false })"], ["optimizer.step()"]]],
    [2, [[], ["if (update) optimizer.step()", "if (update) optimizer.zeroGrad()"]]],
    [1, [[], ["optimizer.step()"]]],
    [1, [[], ["optimizer.step()", "optimizer.zeroGrad()"]]],
    [0.7, [[], []]],
    [0.3, [["optimizer.zeroGrad()"], ["optimizer.step()", "optimizer.step()"]]],
  ]);
  const statements = (list: readonly string[]) => list.map((code) => ({ code }));
  return { first: statements(first), last: statements([...clip, ...last]) };
}

/** What a step without an optimizer does with its gradients. */
function afterBackward(trained: readonly Statement[], random: Random): Statement[] {
  const params = trained.filter(({ name }) => name?.startsWith("p"));
  if (params.length === 0 || random.chance(0.5)) return [];
  const { name } = random.pick(params);
  const codes = [
    "if (P.grad) noGrad(() => P.sub_(P.grad.mul(0.1)))",
    "P.grad = null",
    "if (P.grad) P.grad = P.grad.mul(2)",
    "if (P.grad) noGrad(() => P.grad.clamp_({ max: 0.1 }))",
  ];
  return [{ code: random.pick(codes).replace(/\bP\b/g, name as string) }];
}

function callsOf(batch: number, random: Random, change: () => Statement | undefined): Call[] {
  const other = random.chance(0.35) ? random.pick(laterBatches) : batch;
  const mixed = random.chance(0.1);
  const calls: Call[] = Array.from({ length: random.int(2, 4) }, (_, i) => ({
    batch: i > 0 && random.chance(0.5) ? other : batch,
    before: Array.from(
      {
        length: random.weighted([
          [i > 0 ? 4 : 9, 0],
          [3, 1],
          [1, 2],
        ]),
      },
      () => change() ?? { code: "0" },
    ),
    update: random.chance(0.5),
    ...(mixed && random.chance(0.5) && { eager: true }),
  }));
  return calls.map((call, i) => {
    // What was frozen for one call has fewer steps behind it than the rest.
    const frozen = (calls[i - 1]?.before ?? []).filter(({ code }) => code.includes("requiresGrad_(false)"));
    const freed = random.some(frozen, 0.6).map(({ code }) => ({ code: code.replace("(false)", "(true)") }));
    return { ...call, before: [...call.before, ...freed] };
  });
}
