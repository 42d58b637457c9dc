import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";
import * as optim from "../optim/index.ts";
import * as nn from "./index.ts";

type Anything = new (...args: unknown[]) => object;
const any = (value: never) => value as Anything;

it.each<[string, () => unknown, string]>([
  [
    "made",
    () => new (any(nn.FractionalMaxPool2d))(3),
    "nn.FractionalMaxPool2d is not here: the layers for images that are here are listed in docs/05",
  ],
  ["made from a list", () => new (any(nn.LSTM))(3), "nn.LSTM is not here: there are no layers for sequences here"],
  [
    "with a cure",
    () => new (any(nn.DataParallel))(3),
    "nn.DataParallel is not here: there is one device; for several processes there is nn.parallel.",
  ],
  [
    "called",
    () => (nn.PairwiseDistance as unknown as () => void)(),
    "nn.PairwiseDistance is not here: write a.sub(b).norm(2, -1)",
  ],
  ["derived from", () => new (class extends any(nn.Transformer) {})(), "nn.Transformer is not here"],
  ["an optimizer", () => new (any(optim.RMSprop))([]), "optim.RMSprop is not here: use optim.Adam"],
  [
    "a scheduler",
    () => new (any(optim.lrScheduler.CyclicLR))(),
    "optim.CyclicLR is not here: use OneCycleLR, or LambdaLR",
  ],
  [
    "lr_scheduler",
    () => (optim.lr_scheduler as { StepLR: unknown }).StepLR,
    "optim.lr_scheduler.StepLR: optim.lr_scheduler is not",
  ],
  [
    "utils",
    () => (nn.utils.clip_grad_norm_ as unknown as () => void)(),
    "nn.utils.clip_grad_norm_ is not here: use optim.clipGradNorm",
  ],
])("%s", (_, use, message) => {
  expect(use).toThrow(TypeError);
  expect(use).toThrow(message);
});

it("is not constructable in TypeScript", () => {
  // @ts-expect-error: never has no construct signature
  expect(() => new nn.FractionalMaxPool2d(3)).toThrow("nn.FractionalMaxPool2d is not here");
  // @ts-expect-error: nor a property
  expect(() => optim.lr_scheduler.StepLR).toThrow("write optim.lrScheduler");
});

it("is shipped by no page that does not use it", async () => {
  const source = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
  const bundle = async (code: string): Promise<string> => {
    const entry = "page.ts";
    const plugin = {
      name: "page",
      resolveId: (id: string) => (id === entry ? entry : null),
      load: (id: string) => (id === entry ? code : null),
    };
    const build = await rolldown({ input: entry, plugins: [plugin], cwd: source(".") });
    const { output } = await build.generate({});
    return output[0].code;
  };
  const imports = (rest: string) => `import { nn, optim } from ${JSON.stringify(source("index.ts"))};\n${rest}`;
  const page = await bundle(
    imports("const net = new nn.Linear(2, 1); new optim.Adam(net.parameters()); console.log(net);"),
  );
  expect(page).toContain("class Linear");
  expect(page).not.toContain("the layers for images that are here");
  expect(page).not.toContain("function notHere(");
  expect(await bundle(imports("console.log(nn.FractionalMaxPool2d);"))).toContain(
    "the layers for images that are here",
  );
});
