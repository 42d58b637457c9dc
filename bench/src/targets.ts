import { type Measured, type Outcome, timesAsLong } from "./measure.ts";
import type { RivalId } from "./rivals.ts";
import type { ProcessOutcome } from "./wholeProcess.ts";

/** What was set out to reach, and what the figures say about it. */
export interface Target {
  readonly what: string;
  readonly measured: string;
  /** Undefined: somebody it takes was absent. */
  readonly reached: boolean | undefined;
}

/** Against the fastest PyTorch that took part, so that a slow BLAS is no merit of ours. */
const torches: readonly RivalId[] = ["torch", "openblas"];

export function judge(outcomes: readonly Outcome[], whole: ProcessOutcome | undefined): Target[] {
  const targets: Target[] = [];
  for (const { workload, measured } of outcomes) {
    const own = measured.find(({ id }) => id === "compiled");
    const torch = fastest(measured.filter(({ id }) => torches.includes(id)));
    const name = `${workload.id}, batch ${workload.batch}`;
    if (workload.id === "W1") {
      // Batch 64 is reported, without a target: our time doubles with the rows, while PyTorch's is
      // mostly overhead.
      if (workload.batch !== 32) continue;
      targets.push(ratioAtLeast(`${name}: at least 35 times faster than PyTorch`, 35, own, torch), {
        what: `${name}: at most 20 us a step (on the machine of this run)`,
        measured: own ? `${own.median.toFixed(1)} us` : "not measured",
        reached: own && own.median <= 20,
      });
    } else if (workload.layers !== undefined) {
      const find = (wanted: RivalId) => measured.find(({ id }) => id === wanted);
      targets.push(
        ratioAtMost(`${name}: at most 0.75 times PyTorch's time`, 0.75, own, torch),
        ratioAtLeast(`${name}: at least 50 times faster than jax-js`, 50, own, find("jax")),
        ratioAtLeast(`${name}: the same where its convolutions are products`, 50, own, find("jaxProducts")),
      );
    } else if (workload.kind === "train") {
      const limit = workload.id === "W2" ? 1 : 2.2;
      const what = workload.id === "W2" ? "no slower than PyTorch" : "at most 2.2 times PyTorch's time";
      targets.push(ratioAtMost(`${name}: ${what}`, limit, own, torch));
    } else if (workload.kind === "matmul") {
      const openblas = measured.find(({ version }) => version.includes("OpenBLAS"));
      targets.push(ratioAtLeast("GEMM: at least 0.35 of OpenBLAS on one thread", 0.35, own, openblas));
    }
  }
  if (whole !== undefined) targets.push(judgeProcess(whole));
  return targets;
}

function fastest<T extends { readonly median: number }>(measured: readonly T[]): T | undefined {
  return [...measured].sort((a, b) => a.median - b.median)[0];
}

/** How many times as long as ours the other took. */
function ratioAtLeast(what: string, limit: number, own?: Measured, other?: Measured): Target {
  if (own === undefined || other === undefined) return { what, measured: "not measured", reached: undefined };
  const ratio = timesAsLong(other, own);
  return { what, measured: `${ratio.toFixed(2)} (${other.version})`, reached: ratio >= limit };
}

function ratioAtMost(what: string, limit: number, own?: Measured, other?: Measured): Target {
  if (own === undefined || other === undefined) return { what, measured: "not measured", reached: undefined };
  const ratio = timesAsLong(own, other);
  return { what, measured: `${ratio.toFixed(2)} (${other.version})`, reached: ratio <= limit };
}

function judgeProcess({ measured }: ProcessOutcome): Target {
  const what = "W6: at least 8 times faster than PyTorch";
  // The first of ours is the loop that the others have, too.
  const own = measured.find(({ id }) => id === "compiled");
  const torch = fastest(measured.filter(({ id }) => torches.includes(id)));
  if (own === undefined || torch === undefined) return { what, measured: "not measured", reached: undefined };
  const ratio = timesAsLong(torch, own);
  return { what, measured: `${ratio.toFixed(2)} (${torch.name})`, reached: ratio >= 8 };
}
