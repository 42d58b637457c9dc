import { afterAll, describe, expect, it } from "vitest";
import * as F from "../../nn/functional/index.ts";
import { BatchNorm2d, Conv2d, Linear, MaxPool2d, ReLU, Sequential } from "../../nn/index.ts";
import { SGD } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { noGrad, randn, type Tensor } from "../../tensor/index.ts";
import { compile } from "../compile.ts";
import { channelsLastFrom } from "./channelsLast/worth.ts";

/**
 * What the pass must preserve: evaluation, accumulated gradients, hooks, changes between forward
 * and backward.
 */

// The networks are small, but the tests are about the programs of large ones.
const { products } = channelsLastFrom;
channelsLastFrom.products = 0;
afterAll(() => {
  channelsLastFrom.products = products;
});

type Values = readonly Tensor[];

interface Kept {
  /** A step over pictures [4, 3, 6, 8]; what it returns, and the values to compare after it. */
  readonly step: () => { readonly run: (x: Tensor) => Tensor; readonly after?: () => Values };
  /** A name that must be among the tasks. */
  readonly has?: string;
  readonly hasNot?: string;
}

const block = (inPlace = false) =>
  new Sequential(
    new Conv2d(3, 8, 3, { padding: 1 }),
    new BatchNorm2d(8),
    new ReLU({ inplace: inPlace }),
    new MaxPool2d(2),
  );

const gradients = (net: Sequential): Values => net.parameters().flatMap(({ grad }) => (grad === null ? [] : [grad]));

const cases: Readonly<Record<string, Kept>> = {
  "evaluation with running statistics": {
    step: () => {
      const net = block().eval();
      return { run: (x) => noGrad(() => net(x)) };
    },
    has: "batchNormEvalLast",
  },
  "the gradient of a norm in evaluation": {
    step: () => {
      const net = block().eval();
      return {
        run: (x) => {
          const y = net(x).square().sum();
          net.zeroGrad();
          y.backward();
          return y;
        },
        after: () => gradients(net),
      };
    },
    has: "batchNormEvalLast",
  },
  "a ReLU in place": {
    step: () => {
      const net = block(true);
      return {
        run: (x) => {
          net.zeroGrad();
          const y = net(x).square().sum();
          y.backward();
          return y;
        },
        after: () => [...gradients(net), ...net.buffers()],
      };
    },
    has: "batchNormReluMaxPoolLast",
  },
  "gradients that add up over two batches": {
    step: () => {
      const net = block();
      return {
        run: (x) => {
          net.zeroGrad();
          const first = net(x).square().mean();
          first.backward();
          const second = net(x.mul(2)).abs().mean();
          second.backward();
          return first.add(second);
        },
        after: () => [...gradients(net), ...net.buffers()],
      };
    },
    has: "batchNormReluMaxPoolBackwardLast",
  },
  "a parameter that changes between forward and backward": {
    step: () => {
      const net = block();
      const norm = net.at(1) as BatchNorm2d;
      return {
        run: (x) => {
          net.zeroGrad();
          const y = net(x).square().sum();
          // The bias is nothing that eager backward reads, so that it may be written before.
          noGrad(() => norm.bias?.add_(0.5));
          y.backward();
          noGrad(() => norm.bias?.sub_(0.5));
          return y;
        },
        after: () => gradients(net),
      };
    },
    hasNot: "batchNormReluMaxPoolBackwardLast",
  },
  "hooks in between, and a gradient of the input": {
    step: () => {
      const net = block();
      return {
        run: (x) => {
          const pictures = x.detach().requiresGrad_();
          const inner = net.at(0)(pictures) as Tensor;
          inner.registerHook((grad) => grad.mul(3));
          const y = (net.at(2)(net.at(1)(inner) as Tensor) as Tensor).sum();
          y.backward();
          return (pictures.grad as Tensor).add(y.detach());
        },
      };
    },
    has: "batchNormReluBackwardLast",
  },
  "maxima whose indices leave the step": {
    step: () => {
      const net = block();
      return {
        run: (x) => {
          const y = net.at(2)(net.at(1)(net.at(0)(x) as Tensor) as Tensor) as Tensor;
          const [most, indices] = F.maxPool2d(y, 2, { returnIndices: true });
          return most.add(indices);
        },
      };
    },
    hasNot: "batchNormReluMaxPoolLast",
  },
  "windows of 3 x 3, and odd sizes": {
    step: () => {
      const net = new Sequential(new Conv2d(3, 4, 2), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2));
      return {
        run: (x) => {
          net.zeroGrad();
          const y = net(x).add(0).sum();
          y.backward();
          return y;
        },
        after: () => gradients(net),
      };
    },
    has: "batchNormReluLast",
    hasNot: "batchNormReluMaxPoolLast",
  },
  "dropout of channels and of pixels": {
    step: () => {
      const net = block();
      const next = new Conv2d(8, 4, 3, { padding: 1 });
      return {
        run: (x) => {
          return next(F.dropout(net(x), { p: 0.4, training: true })).sum();
        },
      };
    },
  },
  "a mask that leaves the step": {
    step: () => {
      const net = block();
      return {
        run: (x) =>
          (net.at(0)(x) as Tensor)
            .relu()
            .gt(0.1)
            .float()
            .mul(x.slice(1, 0, 1)),
      };
    },
  },
  "an optimizer that runs twice in a step": {
    step: () => {
      const net = new Sequential(block(), new Conv2d(8, 2, 3));
      const optimizer = new SGD(net.parameters(), { lr: 0.01 });
      return {
        run: (x) => {
          let last = x;
          for (let i = 0; i < 2; i++) {
            optimizer.zeroGrad();
            last = net(x).square().mean();
            last.backward();
            optimizer.step();
          }
          return last;
        },
        after: () => [...net.parameters(), ...net.buffers()],
      };
    },
    has: "batchNormReluMaxPoolBackwardLast",
  },
};

describe.each(Object.entries(cases))("%s", (_, { step, has, hasNot }) => {
  it("is as it is eagerly", () => {
    const results = [false, true].map((enabled) => {
      manualSeed(1);
      const { run, after = () => [] } = step();
      const compiled = compile(run, { compile: enabled });
      const x = randn([4, 3, 6, 8]);
      const values = [];
      for (let i = 0; i < 2; i++) values.push(compiled(x), ...after());
      if (enabled) {
        const names = compiled.explain().programs[0].tasks.flatMap(({ name }) => name.split(/ \+ | x \d+/));
        expect(names).toContain("convolutionLast");
        if (has !== undefined) expect(names, names.join(" ")).toContain(has);
        if (hasNot !== undefined) expect(names, names.join(" ")).not.toContain(hasNot);
      }
      return values.map((value) => Array.from(value.data));
    });
    const [eager, compiled] = results;
    expect(compiled.length).toBe(eager.length);
    for (const [i, values] of eager.entries()) {
      const scale = Math.max(1, ...values.map(Math.abs));
      for (const [j, value] of values.entries()) expect(Math.abs(compiled[i][j] - value)).toBeLessThan(2e-5 * scale);
    }
  });
});

it("leaves graphs without convolutions alone", () => {
  const norm = new BatchNorm2d(3);
  const step = compile((x: Tensor) => norm(x).relu());
  step(randn([2, 3, 4, 4]));
  expect(step.explain().programs[0].tasks.map(({ name }) => name)).toContain("batchNormRelu");
});

it("keeps a linear head as it was", () => {
  const net = new Sequential(new Linear(4, 3));
  const step = compile((x: Tensor) => net(x));
  step(randn([2, 4]));
  expect(step.explain().programs[0].tasks.map(({ name }) => name)).toEqual(["linear"]);
});
