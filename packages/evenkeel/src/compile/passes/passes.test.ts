import { describe, expect, it } from "vitest";
import { Net } from "../../../../../test/goldens/networks.ts";
import * as F from "../../nn/functional/index.ts";
import { Linear } from "../../nn/index.ts";
import { Adam } from "../../optim/index.ts";
import { manualSeed } from "../../random/index.ts";
import { bernoulli, full, noGrad, ones, randn, type Tensor, tensor, zeros } from "../../tensor/index.ts";
import { compile } from "../compile.ts";
import type { GraphNode } from "../graph.ts";
import { trace } from "../trace/trace.ts";
import { foldConstants, withoutNeedlessClones } from "./fold.ts";
import { optimize } from "./index.ts";
import { withoutDeadCode } from "./rewrite.ts";
import { writeThrough } from "./writeThrough.ts";

/** What passes do to traced graphs, and what they must preserve. */

type Step = (...args: never[]) => unknown;

const graphOf = (step: Step, ...args: unknown[]) => trace(step, args).graph;
const names = (nodes: readonly GraphNode[]) => nodes.map(({ op }) => op.name);
const taskNames = (step: Step, ...args: unknown[]) =>
  optimize(graphOf(step, ...args)).tasks.map((task) =>
    names(task.kind === "op" ? [task.node] : task.nodes).join(" + "),
  );

const values = (t: Tensor) => Array.from(t.data);

describe("withoutDeadCode", () => {
  it("drops what nobody reads", () => {
    const graph = graphOf(
      (x: Tensor) => {
        x.exp().mul(2);
        return x.add(1);
      },
      ones([2]),
    );
    expect(names(withoutDeadCode(graph).nodes)).toEqual(["add"]);
  });

  it("keeps writes to state, and what they depend on", () => {
    const state = zeros([2]);
    const graph = graphOf(
      (x: Tensor) => {
        state.add_(x.exp());
      },
      ones([2]),
    );
    expect(names(withoutDeadCode(graph).nodes)).toEqual(["exp", "add", "assign"]);
  });

  it("keeps draws, which move a generator on", () => {
    const graph = graphOf(() => {
      randn([2]).exp();
      return ones([1]);
    });
    expect(names(withoutDeadCode(graph).nodes)).toEqual(["normal", "fill"]);
  });

  it("drops writes to temporaries that nobody reads later", () => {
    const graph = graphOf(
      (x: Tensor) => {
        const copy = x.mul(2);
        const read = copy.add(1);
        copy.zero_();
        return read;
      },
      ones([2]),
    );
    const kept = names(withoutDeadCode(graph).nodes);
    expect(kept.filter((name) => name !== "fill")).toEqual(["mul", "add"]);
  });
});

describe("foldConstants", () => {
  const folded = (step: Step, ...args: unknown[]) => foldConstants(graphOf(step, ...args));

  it("computes single values of constants, by the references", () => {
    const { nodes, results } = folded(() => tensor(3).detach());
    expect(nodes).toEqual([]);
    expect(results).toHaveLength(1);
    const chain = folded((x: Tensor) => x.mul(full([], 3).add(4).sqrt()), ones([2]));
    expect(names(chain.nodes)).toEqual(["mul"]);
    const source = chain.nodes[0].inputs[1].buffer.source;
    expect(source).toEqual({ kind: "constant", value: Math.fround(Math.sqrt(7)) });
  });

  it("leaves draws, writes, state and host numbers alone", () => {
    manualSeed(4);
    const drawn = folded(() => bernoulli(full([], 0.5)));
    expect(names(drawn.nodes)).toEqual(["bernoulliOf"]);
    const counter = zeros([]);
    expect(names(folded(() => counter.add(1)).nodes)).toEqual(["add"]);
    const step = compile((x: Tensor) => {
      const sum = zeros([1]);
      const before = sum.add(5);
      sum.add_(x);
      return [before, sum, sum.mul(2)];
    });
    for (const value of [1, 2]) expect(step(tensor([value])).map(values)).toEqual([[5], [value], [2 * value]]);
  });
});

describe("withoutNeedlessClones", () => {
  it("drops a copy of what nobody else has", () => {
    const { nodes } = withoutNeedlessClones(graphOf((x: Tensor) => x.mul(2).clone().add(1), ones([2])));
    expect(names(nodes)).toEqual(["mul", "add"]);
  });

  it.each<[string, (x: Tensor) => Tensor[]]>([
    [
      "the source is read too",
      (x) => {
        const a = x.mul(2);
        return [a.clone().zero_(), a];
      },
    ],
    [
      "the source is written later",
      (x) => {
        const a = x.mul(2);
        const b = a.clone();
        a.zero_();
        return [a, b];
      },
    ],
    [
      "the source is state",
      () => {
        const copy = state.clone();
        return [copy.add_(1), state.mul(1)];
      },
    ],
    [
      "copies of copies",
      (x) => {
        const a = x.mul(2);
        const b = a.clone();
        const c = b.clone();
        return [b.add_(1), c.add_(2)];
      },
    ],
  ])("keeps it where %s", (_, step) => {
    const x = tensor([1, 2]);
    expect(noGrad(() => compile(step)(x)).map(values)).toEqual(noGrad(() => step(x)).map(values));
    expect(values(state)).toEqual([5, 6]);
  });
  const state = tensor([5, 6]);
});

describe("withoutExpansions", () => {
  it("lets elementwise ops read what was expanded", () => {
    expect(taskNames((x: Tensor, b: Tensor) => b.expand(3, 4).add(x), ones([3, 4]), ones([4]))).toEqual(["add"]);
    expect(taskNames((x: Tensor) => full([3, 4], 2).mul(x), ones([3, 4]))).toEqual(["mul"]);
  });

  it("but not where the array of doubles that is made of a single one decides the dtype", () => {
    const step = compile((x: Tensor, y: Tensor) => x.mul(y.expand(1, 2)));
    expect(step(ones([1, 2]), tensor(2, { dtype: "float64" })).dtype).toBe("float64");
  });

  it("but not if that was written in between", () => {
    const make = () => {
      const row = tensor([1, 2]);
      return (x: Tensor) => {
        const before = row.expand(2, 2);
        row.add_(1);
        const filled = full([2, 2], 3);
        const spread = filled.expand(2, 2);
        filled.add_(x);
        return [before.add(x), spread.add(filled), filled];
      };
    };
    const [eager, compiled] = [make(), compile(make())];
    const x = ones([2, 2]);
    for (let i = 0; i < 3; i++) expect(compiled(x).map(values)).toEqual(eager(x).map(values));
  });
});

describe("writeThrough", () => {
  it("makes gradients where they are kept", () => {
    const kept = zeros([2]);
    const { nodes } = writeThrough(graphOf((x: Tensor) => void kept.copy_(x.mul(2)), ones([2])));
    expect(names(nodes)).toEqual(["mul"]);
    expect(nodes[0].outputs[0].buffer.source).toEqual({ kind: "state", storage: kept.storage });
  });

  it.each<[string, (x: Tensor) => unknown]>([
    [
      "the state is read",
      (x) => {
        const made = x.mul(2);
        const before = state.mul(3);
        state.copy_(made);
        return before;
      },
    ],
    [
      "the state is written twice",
      (x) => {
        state.copy_(x.mul(2));
        state.copy_(x.mul(3));
      },
    ],
    [
      "the value is state itself",
      (_x) => {
        state.copy_(other);
      },
    ],
    [
      "the value changes later",
      (x) => {
        const made = x.mul(2);
        state.copy_(made);
        made.add_(1);
        return made;
      },
    ],
    [
      "the value goes to two places",
      (x) => {
        const made = x.mul(2);
        state.copy_(made);
        other.copy_(made);
      },
    ],
  ])("keeps the copy where %s", (_, step) => {
    const run = (fn: (x: Tensor) => unknown) => {
      state.copy_(tensor([1, 2]));
      other.copy_(tensor([3, 4]));
      const out = fn(tensor([10, 20]));
      return [out === undefined ? [] : values(out as Tensor), values(state), values(other)];
    };
    expect(run(compile(step))).toEqual(run(step));
  });
  const state = zeros([2]);
  const other = zeros([2]);
});

describe("fuseElementwise", () => {
  it("puts chains of one shape into one loop, and keeps program order where it can be seen", () => {
    expect(taskNames((x: Tensor) => x.mul(2).add(1).relu().exp(), ones([8]))).toEqual(["mul + add + relu + exp"]);
    const state = zeros([8]);
    const tasks = taskNames(
      (x: Tensor) => {
        const before = state.mul(2);
        state.add_(x);
        return [before, state.mul(2)];
      },
      ones([8]),
    );
    expect(tasks.join(" ").match(/mul/g)).toHaveLength(2);
    expect(tasks.findIndex((task) => task.includes("assign"))).toBeLessThan(tasks.length - 1);
  });

  it("cuts chains that are too long", () => {
    const tasks = taskNames(
      (x: Tensor) => {
        let y = x;
        for (let i = 0; i < 60; i++) y = y.mul(1.01);
        return y;
      },
      ones([8]),
    );
    expect(tasks.length).toBeGreaterThan(1);
    const step = compile((x: Tensor) => {
      let y = x;
      for (let i = 0; i < 60; i++) y = y.add(1);
      return y;
    });
    expect(values(step(zeros([5])))).toEqual([60, 60, 60, 60, 60]);
  });
});

describe("a loss that only leaves the step", () => {
  it("waits with the loop it sums, for its gradient to join", () => {
    const weight = ones([4]);
    weight.requiresGrad = true;
    const tasks = taskNames(
      (x: Tensor) => {
        const loss = F.mseLoss(x.mul(weight), zeros([4]));
        loss.backward();
        return [loss, weight.grad];
      },
      ones([4]),
    );
    expect(tasks).toEqual(["mul + sub + square + mul + mul + mul", "mean"]);
  });

  it("does not wait when what it sums is overwritten", () => {
    const step = compile((x: Tensor) => {
      const y = x.mul(2);
      const total = y.sum();
      y.add_(1);
      return [total, y.mul(3)];
    });
    const [total, after] = step(tensor([1, 2, 3]));
    expect(total.item()).toBe(12);
    expect(values(after)).toEqual([9, 15, 21]);
  });
});

describe("the tutorial's step", () => {
  manualSeed(0);
  const net = new Net();
  const optimizer = new Adam(net.parameters(), { lr: 0.01 });
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(net(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  step(randn([32, 9]), randn([32, 1]));
  const [{ tasks, memory }] = step.explain().programs;

  it("has BatchNorm and ReLU in one, forward and backward", () => {
    const count = (name: string) => tasks.filter((task) => task.name === name).length;
    expect([count("batchNormRelu"), count("batchNormReluBackward")]).toEqual([2, 2]);
    expect(tasks.some(({ name }) => /\b(relu|where|le|batchNorm|batchNormBackward|clone|expand)\b/.test(name))).toBe(
      false,
    );
  });

  it("has the loss and its gradient in one loop, and the optimizer in one pass", () => {
    const names = tasks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["sub + square + mul + mul", "mean", "adamStep x 10"]));
    expect(names.filter((name) => /adamStep|square/.test(name))).toHaveLength(2);
  });

  it("falls back nowhere", () => {
    expect(
      tasks.filter(({ fallback }) => fallback !== undefined).map(({ name, fallback }) => `${name}: ${fallback}`),
    ).toEqual([]);
  });

  it("shares memory among its temporaries", () => {
    expect(memory.arena).toBeLessThan(0.8 * memory.unshared);
  });

  it("is the same module every time", () => {
    const module = () => {
      const layer = new Linear(3, 2);
      const again = compile((x: Tensor) => F.relu(layer(x)).sum());
      again(ones([4, 3]));
      return again.explain().programs[0].tasks.map(({ name, shapes }) => `${name} ${shapes}`);
    };
    expect(module()).toEqual(module());
  });
});
