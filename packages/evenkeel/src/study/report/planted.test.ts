import { describe, expect, test } from "vitest";
import { Generator } from "../../random/index.ts";
import { inferSchema, tableFromRows } from "../../tabular/index.ts";
import { planStudy } from "../plan/plan.ts";
import { runStudy } from "../plan/runStudy.ts";
import { trialRunner } from "../trial/trial.ts";
import type { TrialSpec } from "../trial/trialSpec.ts";
import type { StudyResult } from "./result.ts";

/**
 * Real trainings with a known outcome: a study must find an effect that was planted, and none where
 * there is none.
 */

const generator = new Generator(5);
const uniform = () => generator.random53() / 2 ** 53;
const table = tableFromRows(
  Array.from({ length: 150 }, () => {
    const [a, b, noise] = [uniform(), uniform(), uniform()];
    return { a, b, y: Math.sin(4 * a) + 2 * (b - 0.5) ** 2 + 0.2 * noise };
  }),
);
const data = { table, schema: inferSchema(table, { target: "y" }) };
const arms = (["none", "batch"] as const).map((norm) => ({ scale: "zscore" as const, norm, dropout: 0 }));
const plan = planStudy(data, {
  arms,
  seeds: 10,
  lrs: [0.01],
  epochs: 30,
  hidden: [16],
  rowFractions: [],
  epochFractions: [0.5],
  rescale: [],
});

/** A study that runs another trial in place of each trial with BatchNorm. */
async function studyWith(instead: (spec: TrialSpec) => TrialSpec, epochs = 30): Promise<StudyResult> {
  const execute = trialRunner(data);
  const { result } = await runStudy(
    { ...plan, settings: { ...plan.settings, epochs } },
    {
      execute: async (spec, options) => {
        if (spec.arm.norm !== "batch") return execute(spec, options);
        const { result, msPerEpoch } = await execute(instead(spec), options);
        return { result: { ...result, spec }, msPerEpoch };
      },
    },
  );
  return result;
}
const verdictOf = ({ claims }: StudyResult, id: string) => claims.find((claim) => claim.id === id)?.verdict;

describe("a study", () => {
  test("finds BatchNorm that was made harmful: batches of two rows, whose values it makes -1 and 1", async () => {
    const result = await studyWith((spec) => ({ ...spec, batchSize: 2 }));
    expect(result.headline.verdict).toBe("not held");
    expect(result.headline.difference?.interval?.low).toBeGreaterThan(0);
    expect(result.headline.sentences[0]).toMatch(/^No, batch normalization makes the result worse here/);
    expect(verdictOf(result, "betterResult")).toBe("not held");
    expect(verdictOf(result, "noGuarantee")).toBe("held");
  });

  test("finds an arm that was made better: the same network on seven times the steps", async () => {
    const result = await studyWith((spec) => ({ ...spec, arm: arms[0], epochs: 7 * spec.epochs }), 10);
    expect(result.headline.verdict).toBe("held");
    expect(verdictOf(result, "betterResult")).toBe("held");
  });

  test("finds nothing between an arm and itself with other starting weights", async () => {
    const result = await studyWith((spec) => ({ ...spec, arm: arms[0], stream: spec.stream + 2 }));
    for (const { id, verdict } of result.claims) {
      if (id !== "noGuarantee") expect([id, verdict]).not.toEqual([id, "held"]);
    }
    expect(result.headline.verdict).not.toBe("held");
    const { difference } = result.headline;
    expect(difference?.value).not.toBe(0);
    expect(difference?.interval?.low).toBeLessThan(0);
    expect(difference?.interval?.high).toBeGreaterThan(0);
  });
});
