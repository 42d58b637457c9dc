import { compile, distributed, Generator, manualSeed, nn, randn, type Tensor } from "evenkeel";
import { ownRows, sum } from "./rows.ts";

export interface Accumulating {
  /** The rows of every rank, for every backward pass. */
  readonly divisions: readonly (readonly number[])[];
  /** Which passes exchange gradients. */
  readonly exchanged: readonly boolean[];
  /** How each pass runs. */
  readonly how: "eager" | "compiled" | "alternating" | "in one step";
  /** Passes after which the gradients become zeros, or null. */
  readonly cleared?: Readonly<Record<number, "zero" | "null">>;
}

/** Gradients that add up over passes, of which some exchange nothing; after each that does. */
export function accumulate({ divisions, exchanged, how, cleared = {} }: Accumulating): number[][] {
  const isAlone = !distributed.isInitialized();
  manualSeed(3);
  const plain = new nn.Sequential(new nn.Linear(5, 4), new nn.Tanh(), new nn.Linear(4, 2)).double();
  const parallel = isAlone ? undefined : new nn.parallel.DistributedDataParallel(plain);
  const net: nn.Module<[Tensor], Tensor> = parallel ?? plain;
  const pass = (x: Tensor) => net(x).square().mean(1).mean().backward();
  const alone = (x: Tensor) => (parallel === undefined ? pass(x) : parallel.noSync(() => pass(x)));
  const compiled = [compile(alone), compile(pass)];
  const all = compile((...xs: Tensor[]) => {
    for (const [i, x] of xs.entries()) (exchanged[i] ? pass : alone)(x);
  });
  const generator = new Generator(4);
  const given = divisions.map((division) => {
    return ownRows(randn([sum(division), 5], { generator, dtype: "float64" }), division);
  });
  const gradients = () => plain.parameters().flatMap(({ grad }) => [...(grad?.data ?? [])] as number[]);
  if (how === "in one step") {
    const found: number[][] = [];
    for (let run = 0; run < 3; run++) {
      all(...given);
      found.push(gradients());
    }
    return found;
  }
  const found: number[][] = [];
  for (const [i, x] of given.entries()) {
    const isCompiled = how === "compiled" || (how === "alternating" && i % 2 === 1);
    const run = exchanged[i] ? pass : alone;
    if (isCompiled) compiled[Number(exchanged[i])](x);
    else run(x);
    if (exchanged[i]) found.push(gradients());
    if (cleared[i] !== undefined) net.zeroGrad({ setToNone: cleared[i] === "null" });
  }
  return found;
}
