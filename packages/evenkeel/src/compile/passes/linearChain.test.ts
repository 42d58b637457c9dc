import { describe, expect, it } from "vitest";
import { trained } from "../../../../../test/trained.ts";
import * as F from "../../nn/functional/index.ts";
import { BatchNorm1d, Dropout, Linear, type Module, ReLU, Sequential } from "../../nn/index.ts";
import { SGD } from "../../optim/index.ts";
import { Generator, manualSeed } from "../../random/index.ts";
import { noGrad, randn, type Tensor } from "../../tensor/index.ts";
import { Program } from "../program/program.ts";
import { trace } from "../trace/trace.ts";
import { optimize } from "./index.ts";

/** Which layers become one task where vectors are wide, and that their outputs keep their bits. */

type Step = (x: Tensor) => Tensor | Tensor[];

function madeOf(step: Step, x: Tensor, wide: boolean) {
  const { tasks, results } = optimize(trace(step as never, [x]).graph, { wide: () => wide });
  const names = tasks.map((task) => (task.kind === "op" ? task.node.op.name : task.kind));
  return { program: new Program(tasks, results, { fast: false, wide: false }), names };
}

/** The names of the tasks; `change` changes the outputs between two runs. */
function check(step: Step, x: Tensor, change?: () => void): string[] {
  return noGrad(() => {
    const [joined, apart] = [madeOf(step, x, true), madeOf(step, x, false)];
    expect(apart.names).not.toContain("linearChain");
    const values = ({ program }: typeof joined) => program.run([x]).map(({ data }) => data);
    const before = values(joined);
    expect(before).toEqual(values(apart));
    if (change === undefined) return joined.names;
    change();
    expect(values(joined)).toEqual(values(apart));
    expect(values(joined)).not.toEqual(before);
    return joined.names;
  });
}

/** In evaluation. */
const evaluating = <M extends Module>(net: M): M => trained(net).eval();

const block = (inputs: number, outputs: number, bias = true) => [
  new Linear(inputs, outputs, { bias }),
  new BatchNorm1d(outputs),
  new ReLU(),
];

describe("joined are", () => {
  manualSeed(1);
  const [l1, l2] = [evaluating(new Linear(9, 20)), evaluating(new Linear(20, 20))];
  const [a, b] = [evaluating(new Sequential(...block(9, 20))), evaluating(new Sequential(...block(20, 20)))];
  const [c, withoutBias] = [evaluating(new Linear(20, 3)), evaluating(new Linear(20, 3, { bias: false }))];
  const large = evaluating(new Linear(20, 300));
  const dropout = new Dropout(0.5).eval();
  const x = randn([40, 9]);
  const cases: Readonly<Record<string, { step: Step; names: readonly string[] }>> = {
    "all layers": { step: (x) => c(b(a(x))), names: ["linearChain"] },
    "a layer twice": { step: (x) => c(b(b(a(x)))), names: ["linearChain"] },
    "layers without bias and norm": {
      step: (x) => F.linear(withoutBias(a(x)), l1.weight.slice(1, 0, 3)),
      names: ["slice", "linearChain"],
    },
    "layers around a dropout that evaluates": { step: (x) => c(dropout(b(a(x)))), names: ["linearChain"] },
    "layers over more dimensions": {
      step: (x) => c(F.relu(l2(F.relu(l1(x.reshape(2, 20, 9)))))),
      names: ["linearChain"],
    },
    "layers up to another activation, and behind it": {
      step: (x) => c(b(F.gelu(b(a(x))))),
      names: ["linearChain", "group", "linearChain"],
    },
    "layers up to elementwise ops": { step: (x) => c(a(x)).sigmoid(), names: ["linearChain", "group"] },
    "layers behind an output that is read twice": {
      step: (x) => ((y: Tensor) => c(b(y)).add(y.slice(1, 0, 3)))(a(x)),
      names: expect.arrayContaining(["linearBatchNormEval", "linearChain"]),
    },
    "layers behind an output that is a result": {
      step: (x) => ((y: Tensor) => [y, c(b(y))])(a(x)),
      names: ["linearBatchNormEval", "linearChain"],
    },
    "not one layer": { step: (x) => a(x), names: ["linearBatchNormEval"] },
    "not an output seen in another shape": {
      step: (x) => F.linear(a(x).reshape(80, 10), l2.weight.reshape(40, 10)),
      names: ["linearBatchNormEval", "matmul"],
    },
    "not an output that is the weight, too": {
      step: (x) => ((y: Tensor) => F.linear(y, y))(a(x)),
      names: ["linearBatchNormEval", "matmul"],
    },
    "not a product that is turned": {
      step: (x) => a(x).matmul(l2.weight),
      names: ["linearBatchNormEval", "matmul"],
    },
    "not 31 rows": {
      step: (x) => c(a(x.slice(0, 0, 31))),
      names: expect.arrayContaining(["linearBatchNormEval", "linear"]),
    },
    "not a layer for large products": {
      step: (x) => large(a(x)),
      names: ["linearBatchNormEval", "linear"],
    },
  };
  it.each(Object.entries(cases))("%s", (_, { step, names }) => {
    expect(check(step, x)).toEqual(names);
  });

  it("layers as often as there are enough weights", () => {
    const names = (...widths: number[]) => {
      const net = new Sequential(...widths.slice(1).map((width, i) => new Linear(widths[i], width)));
      return check((x) => net(x), randn([50, widths[0]]));
    };
    expect(names(4, 8, 1)).toEqual(["linear", "linear"]);
    expect(names(30, 8, 1)).toEqual(["linear", "linear"]);
    expect(names(5, 10, 5, 1)).toEqual(["linearChain"]);
    expect(names(9, 250, 200, 20, 9)).toEqual(["linear", "linear", "linearChain"]);
    expect(names(20, ...Array(20).fill(20))).toEqual(["linearChain", "linearChain"]);
  });

  it("not in float64", () => {
    const net = evaluating(new Sequential(...block(9, 20), new Linear(20, 3)).double());
    expect(check((x) => net(x), randn([40, 9], { dtype: "float64" }))).not.toContain("linearChain");
  });
});

describe("networks at random", () => {
  const generator = new Generator(5);
  const below = (n: number) => Math.floor((generator.random32() * n) / 2 ** 32);
  const drawn = Array.from({ length: 30 }, (_, i) => {
    const widths = Array.from({ length: 3 + below(3) }, () => 1 + below(70));
    return { i, rows: 32 + below(i % 3 === 0 ? 1000 : 70), widths };
  });
  it.each(drawn)("$rows rows of $widths", ({ i, rows, widths }) => {
    manualSeed(i);
    const hidden = widths.slice(1).flatMap((width, l) => {
      const layers = block(widths[l], width, below(3) > 0);
      return layers.filter((_, kind) => kind === 0 || below(4) > 0);
    });
    const net = evaluating(new Sequential(...hidden, new Linear(widths[widths.length - 1], 1 + below(4))));
    const views = [randn([rows + 2, widths[0]]).slice(0, 1, rows + 1), randn([widths[0], rows]).t()];
    const x = i % 3 === 2 ? randn([rows, widths[0]]) : views[i % 3];
    const change = () => {
      for (const value of Object.values(net.stateDict())) if (value.ndim > 0) value.copy_(value.mul(1.5).add(0.1));
    };
    check((x) => net(x), x, change);
  });
});

it("weights that the step writes leave layers apart", () => {
  manualSeed(2);
  const net = evaluating(new Sequential(...block(9, 20), new Linear(20, 3)));
  const first = net.stateDict()["0.weight"];
  const last = net.stateDict()["3.bias"];
  for (const weight of [first, last]) {
    const step = (x: Tensor) => {
      const y = net(x);
      weight.mul_(1.5);
      return y;
    };
    noGrad(() => expect(madeOf(step, randn([40, 9]), true).names).not.toContain("linearChain"));
  }
});

it("leaves steps that train alone", () => {
  const net = new Sequential(new Linear(9, 20), new ReLU(), new Linear(20, 1));
  const optimizer = new SGD(net.parameters(), { lr: 0.1 });
  const step = (x: Tensor) => {
    optimizer.zeroGrad();
    const loss = net(x).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  };
  expect(madeOf(step, randn([40, 9]), true).names).not.toContain("linearChain");
});
