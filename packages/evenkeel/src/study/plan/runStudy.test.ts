import { describe, expect, test } from "vitest";
import { madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import type { TrialRun } from "../trial/trialResult.ts";
import { type Execute, runStudy, type StudyEvent } from "./runStudy.ts";

const { plan, trials } = madeUpStudy(({ norm }, { lr }) => ({ validation: norm === "batch" ? 0.01 / lr : lr }), {
  ...{ seeds: 2, rowFractions: [0.5], dropout: 0 },
});
const byId = new Map(trials.map((trial) => [trial.spec.id, trial]));
/** Returns the made-up results; later trials finish sooner. */
const execute: Execute = async (spec, { signal, onEpoch }) => {
  await new Promise((resolve) => setTimeout(resolve, spec.id.length % 7));
  signal?.throwIfAborted();
  onEpoch?.(1, 5);
  const result = byId.get(spec.id);
  if (result === undefined) throw new Error(`no result of ${spec.id}`);
  return { result, msPerEpoch: 1 };
};
const whole = await runStudy(plan, { execute });

describe("runStudy", () => {
  test("runs the rates, then the variants at the rate that is best on the validation rows", () => {
    expect(whole.result.complete).toBe(true);
    expect(whole.result.trials).toEqual(trials);
    const variants = whole.result.trials.slice(24);
    expect(variants.map(({ spec }) => spec.lr)).toEqual(
      variants.map(({ spec }) => (spec.arm.norm === "batch" ? 0.1 : 0.01)),
    );
  });

  test.each([2, 5, 100])("gives the same bytes with %i lanes", async (lanes) => {
    let [running, most] = [0, 0];
    const counted: Execute = async (spec, options) => {
      most = Math.max(most, ++running);
      return await execute(spec, options).finally(() => running--);
    };
    const { result } = await runStudy(plan, { execute: counted, lanes });
    expect(JSON.stringify(result)).toBe(JSON.stringify(whole.result));
    expect(most).toBe(Math.min(lanes, 50));
  });

  test("tells what happens, in order", async () => {
    const events: StudyEvent[] = [];
    await runStudy(plan, { execute, onEvent: (event) => events.push(event) });
    expect(
      events.slice(0, 3).map((event) => [event.type, "done" in event ? [event.done, event.of] : event.epoch]),
    ).toEqual([
      ["stage", [0, 24]],
      ["epoch", 1],
      ["trial", [1, 24]],
    ]);
    expect(events.filter(({ type }) => type === "stage")).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ type: "trial", done: 50, of: 50 });
  });

  test("finished trials are not run again, those of another plan are left aside", async () => {
    const asked: string[] = [];
    const again: Execute = (spec, options) => {
      asked.push(spec.id);
      return execute(spec, options);
    };
    const other: TrialRun = {
      ...whole.runs[3],
      result: { ...whole.runs[3].result, spec: { ...trials[3].spec, epochs: 7 } },
    };
    const finished = [...whole.runs.slice(0, 3), other, ...whole.runs.slice(4, 30)].reverse();
    const { result } = await runStudy(plan, { execute: again, finished });
    expect(JSON.stringify(result)).toBe(JSON.stringify(whole.result));
    expect(asked).toEqual([trials[3], ...trials.slice(30)].map(({ spec }) => spec.id));
  });

  test("an abort keeps what is finished, in the order of the plan", async () => {
    const controller = new AbortController();
    const onEvent = (event: StudyEvent) => event.type === "trial" && event.done === 7 && controller.abort();
    const { result } = await runStudy(plan, { execute, lanes: 3, signal: controller.signal, onEvent });
    expect(result.complete).toBe(false);
    expect(result.trials.length).toBe(7);
    const ids = result.trials.map(({ spec }) => spec.id);
    expect(ids).toEqual(trials.map(({ spec }) => spec.id).filter((id) => ids.includes(id)));
    expect(result.claims).toHaveLength(7);
    const none = await runStudy(plan, { execute, signal: AbortSignal.abort() });
    expect(none.result.trials).toEqual([]);
    expect(JSON.parse(JSON.stringify(none.result))).toEqual(none.result);
  });

  test("an error ends the other lanes and is thrown", async () => {
    let running = 0;
    const failing: Execute = async (spec, options) => {
      if (spec.id === trials[5].spec.id) throw new RangeError("no such thing");
      running++;
      return await execute(spec, options).finally(() => running--);
    };
    await expect(runStudy(plan, { execute: failing, lanes: 4 })).rejects.toThrow("no such thing");
    expect(running).toBe(0);
  });

  test.each([
    [{}, /execute is undefined, expected a function that trains a trial/],
    [{ execute, lanes: 0 }, /lanes is 0/],
    [{ execute, lane: 2 }, /runStudy: unknown option "lane"/],
  ])("misuse %# is refused", async (options, message) => {
    await expect(runStudy(plan, options as never)).rejects.toThrow(message);
  });
});
