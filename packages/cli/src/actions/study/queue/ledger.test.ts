import type { TrialRun, TrialSpec } from "evenkeel/study";
import { beforeEach, describe, expect, test } from "vitest";
import { Ledger } from "./ledger.ts";
import { checkOf, isSampled, taskId } from "./taskId.ts";

/** Specs that are in the sample, and specs that are not. */
const all = Array.from(
  { length: 200 },
  (_, i) => ({ id: `trial ${i}`, arm: { norm: "none" }, seed: i }) as unknown as TrialSpec,
);
const sampled = all.filter((spec) => isSampled(taskId(spec)));
const plain = all.filter((spec) => !isSampled(taskId(spec)));

const errors = { train: { mae: 1 }, validation: { mae: 1 }, test: { mae: 1 } };
const runOf = (spec: TrialSpec, mae = 0.5): TrialRun => ({
  result: {
    ...{ spec, rows: { train: 3, validation: 2, test: 2 }, constant: errors, diverged: null },
    readings: { asTrained: { curve: [], ...errors, test: { mae } } },
  },
  msPerEpoch: Math.random(),
});

let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger("own");
});
const give = (worker: string, spec: TrialSpec, mae?: number, task = taskId(spec)) =>
  ledger.add({ worker, task, run: JSON.parse(JSON.stringify(runOf(spec, mae))) });
const decide = (present: readonly string[], trainsItself = false) => {
  const { accepted, checks, disputed, refused, checked } = ledger.decide(new Set(present), trainsItself);
  return {
    accepted: accepted.map(({ run, worker }) => `${run.result.spec.id} by ${worker}`),
    checks: checks.map(({ id, not }) => `${id} not ${not}`),
    disputed: disputed.map(({ id }) => id),
    refused: refused.map(({ worker }) => worker),
    checked,
  };
};
const nothing = { accepted: [], checks: [], disputed: [], refused: [], checked: [] };
const [a, b, c] = plain;

describe("what the study process trains itself", () => {
  test("is used at once, and a duplicate of it is nothing", () => {
    ledger.want(a);
    expect(decide(["own"], true)).toEqual(nothing);
    give("own", a);
    expect(decide(["own"], true).accepted).toEqual(["trial 0 by own".replace("0", a.id.slice(6))]);
    give("own", a);
    expect(decide(["own"], true)).toEqual(nothing);
    expect(ledger.isOpen(new Set(["own", "x"]), true)).toBe(false);
  });
});

describe("a worker", () => {
  test("is used once another has trained its first network to the same bits", () => {
    for (const spec of [a, b, c]) ledger.want(spec);
    give("x", a);
    give("x", b);
    const check = checkOf(taskId(a), 1);
    expect(decide(["own", "x", "y"])).toEqual({ ...nothing, checks: [`${check} not x`] });
    expect(decide(["own", "x", "y"])).toEqual(nothing);
    expect(ledger.isOpen(new Set(["own", "x", "y"]), false)).toBe(true);
    give("y", a, undefined, check);
    expect(decide(["own", "x", "y"])).toEqual({
      ...nothing,
      accepted: [`${a.id} by x`, `${b.id} by x`],
      checked: [check],
    });
    // The one that checked was checked by it.
    give("y", c);
    expect(decide(["own", "x", "y"]).accepted).toEqual([`${c.id} by y`]);
    expect(ledger.isOpen(new Set(["own", "x", "y"]), false)).toBe(false);
    expect(ledger.unverified).toEqual([]);
  });

  test("that is alone is used unchecked, and named", () => {
    ledger.want(a);
    give("x", a);
    expect(decide(["own", "x"]).accepted).toEqual([`${a.id} by x`]);
    expect(ledger.unverified).toEqual(["x"]);
    expect(ledger.isOpen(new Set(["own", "x"]), false)).toBe(false);
    // The study process would check it, if it trained.
    ledger.want(b);
    give("z", b);
    expect(decide(["own"], true).accepted).toEqual([]);
  });

  test("has a sample of its networks checked, later ones too", () => {
    for (const spec of [a, sampled[0]]) ledger.want(spec);
    give("x", a);
    decide(["own", "x", "y"]);
    give("y", a, undefined, checkOf(taskId(a), 1));
    decide(["own", "x", "y"]);
    give("x", sampled[0]);
    const { accepted, checks } = decide(["own", "x", "y"]);
    expect(accepted).toEqual([`${sampled[0].id} by x`]);
    expect(checks).toEqual([`${checkOf(taskId(sampled[0]), 1)} not x`]);
    expect(ledger.isOpen(new Set(["own", "x", "y"]), false)).toBe(true);
  });

  test("that disagrees with the study process is refused, and what it gave is trained again", () => {
    for (const spec of [a, b, c]) ledger.want(spec);
    give("x", a);
    decide(["own", "x", "y"]);
    give("y", a, undefined, checkOf(taskId(a), 1));
    expect(decide(["own", "x", "y"]).accepted).toEqual([`${a.id} by x`]);
    give("x", b);
    expect(decide(["own", "x", "y"]).accepted).toEqual([`${b.id} by x`]);
    give("x", c, 0.7);
    give("y", c);
    expect(decide(["own", "x", "y"])).toEqual({ ...nothing, disputed: [c.id] });
    ledger.judge(runOf(c));
    const { accepted, refused } = decide(["own", "x", "y"]);
    expect(refused).toEqual(["x"]);
    expect(accepted).toEqual([`${c.id} by own`]);
    // Of what was used, y has said the same of a, and nobody of b.
    expect([a, b, c].map((spec) => ledger.isWrong(runOf(spec)))).toEqual([false, true, false]);
    expect(ledger.isWrong(runOf(c, 0.7))).toBe(true);
    // It is not listened to any more, and b is trained by another.
    give("x", b);
    ledger.want(b);
    expect(decide(["own", "x", "y"]).accepted).toEqual([]);
    give("y", b);
    expect(decide(["own", "x", "y"]).accepted).toEqual([`${b.id} by y`]);
    expect(ledger.isWrong(runOf(b))).toBe(false);
  });

  test("whose accuser is wrong stays", () => {
    ledger.want(a);
    give("x", a);
    decide(["own", "x", "y"]);
    give("y", a, 0.1, checkOf(taskId(a), 1));
    expect(decide(["own", "x", "y"]).disputed).toEqual([a.id]);
    ledger.judge(runOf(a));
    expect(decide(["own", "x", "y"])).toEqual({
      ...nothing,
      accepted: [`${a.id} by own`],
      refused: ["y"],
      checked: [checkOf(taskId(a), 1)],
    });
  });

  test("that gives two results for one trial, another's, or none is refused", () => {
    for (const spec of [a, b]) ledger.want(spec);
    give("x", a);
    give("x", a, 0.9);
    give("y", a, undefined, taskId(b));
    ledger.add({ worker: "z", task: taskId(a), run: { result: {} } });
    ledger.add({ worker: "constructor", task: "", run: "line 3 is damaged" });
    expect(decide([]).refused).toEqual(["x", "y", "z", "constructor"]);
    expect(decide([]).accepted).toEqual([]);
  });

  test("whose checker is refused is checked anew, under another name", () => {
    for (const spec of [a, b]) ledger.want(spec);
    give("x", a);
    const first = checkOf(taskId(a), 1);
    expect(decide(["x", "y", "z"]).checks).toEqual([`${first} not x`]);
    give("y", a, undefined, first);
    expect(decide(["x", "y", "z"]).accepted).toEqual([`${a.id} by x`]);
    give("y", a, 0.3);
    expect(decide(["x", "y", "z"]).refused).toEqual(["y"]);
    give("x", b);
    expect(decide(["x", "y", "z"]).accepted).toEqual([`${b.id} by x`]);
  });
});
