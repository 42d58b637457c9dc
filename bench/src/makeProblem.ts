import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manualSeed, nn, rand, randint, randn, type Tensor } from "evenkeel";
import { convNet } from "./convNet.ts";
import type { Problem } from "./problem.ts";
import type { Workload } from "./workloads.ts";

/**
 * Draws the numbers of a workload from seed 0 and writes them where the sides read them.
 * @returns the path to hand over
 */
export function writeProblem(workload: Workload, folder: string, name: string): string {
  manualSeed(0);
  const arrays = Object.entries(draw(workload));
  const file = join(folder, `${name}.bin`);
  writeFileSync(file, Buffer.concat(arrays.map(([, tensor]) => Buffer.from(Float32Array.from(tensor.data).buffer))));
  const problem: Problem = {
    ...workload,
    file,
    arrays: arrays.map(([name, { shape }]) => ({ name, shape: [...shape] })),
  };
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(problem));
  return path;
}

function draw({ kind, sizes, batch, loss, layers, picture = [] }: Workload): Record<string, Tensor> {
  if (kind === "matmul") return { x: randn([batch, sizes[0]]), w: randn([sizes[0], sizes[1]]) };
  if (layers !== undefined) {
    const x = randn([batch, ...picture]);
    return { ...withoutCounts(convNet(layers).stateDict()), x, y: randint(0, sizes[0], [batch]) };
  }
  const rows = randn([batch, sizes[0]]);
  const classes = sizes[sizes.length - 1];
  const y = loss === "mse" ? randn([batch, classes]) : randint(0, classes, [batch]);
  return { ...network(sizes, kind === "infer"), x: rows, y };
}

/** Fresh weights; for inference also running statistics such as training leaves behind. */
function network(sizes: readonly number[], trained: boolean): Record<string, Tensor> {
  const layers = sizes.slice(1).flatMap((outputs, i) => {
    const linear = new nn.Linear(sizes[i], outputs);
    return i === sizes.length - 2 ? [linear] : [linear, new nn.BatchNorm1d(outputs), new nn.ReLU()];
  });
  const state = withoutCounts(new nn.Sequential(...layers).stateDict());
  for (const [name, value] of Object.entries(state)) {
    if (trained && name.endsWith("running_mean")) state[name] = randn(value.shape).mul(0.1);
    if (trained && name.endsWith("running_var")) state[name] = rand(value.shape).add(0.5);
  }
  return state;
}

/** Counts of batches are no float32. */
function withoutCounts(state: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !name.endsWith("num_batches_tracked")));
}
