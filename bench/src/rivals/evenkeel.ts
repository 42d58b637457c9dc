import { type Compiled, compile, F, nn, noGrad, optim, setNumThreads, type Tensor, tensor } from "evenkeel";
import { convNet } from "../convNet.ts";
import type { ProblemReader } from "../problem.ts";
import { rootMeanSquare, type Step, serve } from "../serve.ts";

const names = {
  eager: "evenkeel eager",
  compiled: "evenkeel compiled",
  wide: "evenkeel compiled, 256-bit",
  fast: "evenkeel compiled, fast",
} as const;
type Mode = keyof typeof names;

const mode = process.argv[3] as Mode;
if (mode === "wide") await import("evenkeel/node");
setNumThreads(Number(process.env.OMP_NUM_THREADS ?? 1));
/** What was compiled last, asked for its fallbacks. */
let latest: Pick<Compiled<Tensor[], Tensor>, "explain"> | undefined;

function maybeCompiled<Args extends Tensor[]>(fn: (...args: Args) => Tensor): (...args: Args) => Tensor {
  const compiled = compile(fn, { compile: mode !== "eager", fast: mode === "fast" });
  latest = compiled;
  return compiled;
}

function buildNet(reader: ProblemReader): nn.Sequential {
  const net = networkOf(reader);
  const names = reader.problem.arrays.map(({ name }) => name).filter((name) => /^\d/.test(name));
  const missing = Object.entries(net.stateDict()).filter(([name]) => !names.includes(name));
  net.loadStateDict(Object.fromEntries([...names.map((name) => [name, load(reader, name)] as const), ...missing]));
  return net;
}

function networkOf(reader: ProblemReader): nn.Sequential {
  const { sizes, layers: convolutional } = reader.problem;
  if (convolutional !== undefined) return convNet(convolutional);
  const layers = sizes.slice(1).flatMap((outputs, i) => {
    const linear = new nn.Linear(sizes[i], outputs);
    return i === reader.hiddenLayers ? [linear] : [linear, new nn.BatchNorm1d(outputs), new nn.ReLU()];
  });
  return new nn.Sequential(...layers);
}

function load(reader: ProblemReader, name: string): Tensor {
  return tensor(reader.data(name), { shape: reader.shape(name) });
}

function trainingStep(reader: ProblemReader): Step {
  const net = buildNet(reader);
  const crossEntropy = reader.problem.loss === "crossEntropy";
  const x = load(reader, "x");
  const y = crossEntropy ? load(reader, "y").int() : load(reader, "y");
  const optimizer = new optim.Adam(net.parameters());
  const step = maybeCompiled((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = crossEntropy ? F.crossEntropy(net(x), y) : F.mseLoss(net(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  return (read) => {
    const loss = step(x, y);
    return read ? loss.item() : undefined;
  };
}

function inference(reader: ProblemReader): Step {
  const net = buildNet(reader).eval();
  const x = load(reader, "x");
  const predict = maybeCompiled((x: Tensor) => net(x));
  return handedOver(() => noGrad(() => predict(x)));
}

function product(reader: ProblemReader): Step {
  const [x, w] = [load(reader, "x"), load(reader, "w")];
  const multiply = maybeCompiled((x: Tensor, w: Tensor) => x.matmul(w));
  return handedOver(() => multiply(x, w));
}

function handedOver(run: () => Tensor): Step {
  return (read) => {
    const { data } = run();
    return read ? rootMeanSquare(data) : undefined;
  };
}

function describe(): string {
  const name = names[mode];
  const fallbacks = latest?.explain().programs.reduce((sum, program) => sum + program.fallbacks, 0) ?? 0;
  return fallbacks === 0 ? name : `${name}, ${fallbacks} tasks by reference`;
}

const begin = { train: trainingStep, infer: inference, matmul: product };
await serve({ describe, begin: (reader) => begin[reader.problem.kind](reader) });
