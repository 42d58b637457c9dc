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

/** What one of ours is to take at most, in microseconds: what a prototype reached on a Zen 4 processor. */
const limits: Readonly<Record<string, number>> = {
  "W1 32": 10,
  "W1 64": 16,
  "W2 128": 1900,
  "W3 512": 61_000,
  "W4 1024": 13_400,
  "W5 1": 1,
  "W5 10000": 600,
};
const eagerLimits: Readonly<Record<string, number>> = { "W1 32": 241, "W2 128": 7800, "W4 1024": 81_000 };

/** Ours with the same bits everywhere, in any Node that took part. */
const sameBits: readonly RivalId[] = ["compiled", "wide"];

export function judge(outcomes: readonly Outcome[], whole: ProcessOutcome | undefined): Target[] {
  const targets: Target[] = [];
  for (const { workload, measured } of outcomes) {
    const own = fastest(measured.filter(({ id }) => sameBits.includes(id)));
    const eager = fastest(measured.filter(({ id }) => id === "eager"));
    const torch = fastest(measured.filter(({ id }) => torches.includes(id)));
    const name = `${workload.id}, batch ${workload.batch}`;
    const key = `${workload.id} ${workload.batch}`;
    if (key in limits) targets.push(atMost(name, limits[key], own));
    if (key in eagerLimits) targets.push(atMost(`${name}, eager`, eagerLimits[key], eager));
    if (workload.id === "W1") {
      // At batch 64 our time doubles with the rows, while PyTorch's is mostly overhead.
      if (workload.batch === 32) {
        targets.push(ratioAtLeast(`${name}: at least 35 times faster than PyTorch`, 35, own, torch));
      }
    } else if (workload.layers !== undefined) {
      const find = (wanted: RivalId) => measured.find(({ id }) => id === wanted);
      targets.push(
        ratioAtMost(`${name}: at most 0.75 times PyTorch's time`, 0.75, own, torch),
        ratioAtLeast(`${name}: at least 50 times faster than jax-js`, 50, own, find("jax")),
        ratioAtLeast(`${name}: the same where its convolutions are products`, 50, own, find("jaxProducts")),
      );
    } else if (workload.kind === "train") {
      targets.push(ratioAtMost(`${name}: no slower than PyTorch`, 1, own, torch));
    } else if (workload.kind === "matmul") {
      const openblas = measured.find(({ version }) => version.includes("OpenBLAS"));
      targets.push(ratioAtLeast("GEMM: at least 0.35 of OpenBLAS on one thread", 0.35, own, openblas));
    }
  }
  if (whole !== undefined) targets.push(judgeProcess(whole));
  return targets;
}

/** By the fastest turn, which other work on the machine affects least. */
function atMost(name: string, limit: number, own: Measured | undefined): Target {
  const shown = (microseconds: number) =>
    microseconds < 1000
      ? `${Number(microseconds.toPrecision(3))} us`
      : `${Number((microseconds / 1000).toPrecision(3))} ms`;
  const best = own && Math.min(...own.rounds);
  return {
    what: `${name}: at most ${shown(limit)} by the fastest turn, on the machine of this run`,
    measured: best === undefined ? "not measured" : `${shown(best)} (${own?.name})`,
    reached: best === undefined ? undefined : best <= limit,
  };
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
