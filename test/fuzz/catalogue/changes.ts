import type { OptimizerSpec, Statement } from "../composition.ts";
import type { Random } from "../random.ts";

/** What a user may change between two calls of a step. */
export function changeOf(
  members: readonly Statement[],
  optimizer: OptimizerSpec | undefined,
  random: Random,
): Statement | undefined {
  const layers = members.filter(({ name }) => name?.startsWith("l"));
  const params = members.filter(({ code }) => code.endsWith(".requiresGrad_()"));
  const ofLayer: readonly string[] = [
    "L.eval()",
    "L.eval()",
    "L.train()",
    "L.requiresGrad_(false)",
    "L.requiresGrad_(true)",
    "L.zeroGrad()",
    "L.zeroGrad({ setToNone: false })",
    "L.loadStateDict(cloneState(L.stateDict()))",
    "noGrad(() => L.parameters().forEach((w) => w.mul_(0.9)))",
    "L.parameters().slice(0, 1).forEach((w) => w.requiresGrad_(false))",
    "L.registerForwardHook((layer, inputs, output) => output.mul(0.5))",
    "L.registerFullBackwardHook((layer, [gradient]) => [gradient?.mul(0.5) ?? null])",
    "L.parameters().slice(-1).forEach((w) => { w.grad = null; })",
  ];
  const ofNorm: readonly string[] = ["L.momentum = 0.4", "L.momentum = null", "L.resetRunningStats()"];
  const ofRows: readonly string[] = ["L.append(new nn.Tanh())", "L.insert(0, new nn.ReLU())"];
  const ofLinear: readonly string[] = ["L.bias = null", "L.weight = new nn.Parameter(L.weight.detach().mul(2))"];
  const ofTensor: readonly string[] = [
    "P.requiresGrad_(false)",
    "P.requiresGrad_(true)",
    "P.grad = null",
    "P.grad = zerosLike(P)",
    "P.grad = P.detach().sin()",
    "noGrad(() => P.mul_(0.9))",
    "noGrad(() => P.grad?.mul_(0.5))",
    "P.data.fill(0.25)",
  ];
  const ofOptimizer: readonly string[] = [
    ...params.map(({ name }) => `optimizer.addParamGroup({ params: [${name}] })`),
    "optimizer.zeroGrad()",
    "optimizer.zeroGrad({ setToNone: false })",
    "optimizer.step()",
    "optimizer.paramGroups[0].lr = 0.02",
    "optimizer.paramGroups.at(-1).weightDecay = 0.2",
    "optimizer.paramGroups.at(-1).weightDecay = 0",
    "optimizer.paramGroups[0].maximize = true",
    "optimizer.loadStateDict(cloneState(optimizer.stateDict()))",
    ...(optimizer?.kind === "SGD"
      ? ["optimizer.paramGroups[0].momentum = 0.5", "optimizer.paramGroups.at(-1).momentum = 0"]
      : ["optimizer.paramGroups[0].amsgrad = true", "optimizer.paramGroups.at(-1).eps = 0.1"]),
    ...(optimizer?.scheduler === undefined ? [] : ["scheduler.step()", "scheduler.step()", "scheduler.step()"]),
  ];
  const like = (start: string) => layers.filter(({ code }) => code.startsWith(`new nn.${start}`));
  const kind = random.weighted<"layer" | "norm" | "row" | "linear" | "tensor" | "optimizer" | "global">([
    [layers.length > 0 ? 3 : 0, "layer"],
    [Math.min(like("BatchNorm1d").length, 1), "norm"],
    [0.3 * Math.min(like("Sequential").length, 1), "row"],
    [0.3 * Math.min(like("Linear").length, 1), "linear"],
    [params.length > 0 ? 2 : 0, "tensor"],
    [optimizer === undefined ? 0 : 3, "optimizer"],
    [0.3, "global"],
  ]);
  const named = (list: readonly string[], letter: string, from: readonly Statement[]) => {
    const name = random.pick(from).name as string;
    return { code: random.pick(list).replace(new RegExp(`\\b${letter}\\b`, "g"), name) };
  };
  switch (kind) {
    case "layer":
      return named(ofLayer, "L", layers);
    case "norm":
      return named(ofNorm, "L", like("BatchNorm1d"));
    case "row":
      return named(ofRows, "L", like("Sequential"));
    case "linear":
      return named(ofLinear, "L", like("Linear"));
    case "tensor":
      return named(ofTensor, "P", params);
    case "optimizer":
      return { code: random.pick(ofOptimizer) };
    case "global":
      return { code: random.pick(["manualSeed(3)", "randn([3])", "rand([1])"]) };
  }
}
