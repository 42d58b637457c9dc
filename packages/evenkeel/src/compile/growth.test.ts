import { expect, it, onTestFinished } from "vitest";
import * as F from "../nn/functional/index.ts";
import { Linear } from "../nn/index.ts";
import { Adam } from "../optim/index.ts";
import { randn, type Tensor } from "../tensor/index.ts";
import { withGradients } from "./made.ts";
import { optimize } from "./passes/index.ts";
import { Program } from "./program/program.ts";
import { trace } from "./trace/trace.ts";
import { verification } from "./verification.ts";

/** The cost of making a program, by its length: bench/unrolled.ts prints the curve. */

/**
 * Milliseconds of processor time for a gated recurrence over `length` time steps, backward and
 * Adam.
 */
function cost(length: number): number {
  const input = new Linear(3, 16);
  const hidden = new Linear(4, 16);
  const optimizer = new Adam([...input.parameters(), ...hidden.parameters()]);
  const step = (x: Tensor, h0: Tensor) => {
    optimizer.zeroGrad();
    let [h, c] = [h0, h0];
    for (let t = 0; t < length; t++) {
      const [i, f, g, o] = input(x).add(hidden(h)).chunk(4, 1);
      c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
      h = o.sigmoid().mul(c.tanh());
    }
    const loss = F.mseLoss(h, h0);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const args = [randn([2, 3]), randn([2, 4])];
  const { user } = process.cpuUsage();
  const { graph, gradFields } = trace(step as never, args);
  const { tasks, results } = optimize(withGradients(graph, gradFields).graph);
  new Program(tasks, results, { fast: false, wide: false });
  return (process.cpuUsage().user - user) / 1000;
}

it("grows with the length of a recurrence, not with its square", () => {
  // Checks that users do not pay for.
  verification.enabled = false;
  onTestFinished(() => {
    verification.enabled = true;
  });
  cost(200); // The first compilation is slow.
  const fastest = (length: number) => Math.min(cost(length), cost(length), cost(length));
  const [short, long] = [fastest(25), fastest(200)];
  // 8 times the length. One pass that looks at every task for every task takes 30 times as long.
  expect(long / short).toBeLessThan(16);
});
