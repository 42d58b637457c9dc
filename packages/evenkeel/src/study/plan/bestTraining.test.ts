import { expect, test } from "vitest";
import { type MakeUp, madeUpComparison, madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import { type Arm, armId } from "../arms/arm.ts";
import { bestTraining } from "./bestTraining.ts";

const found = (makeUp: MakeUp) => {
  const best = bestTraining(madeUpStudy(makeUp, { seeds: 3 }));
  return best && armId(best.arm);
};

test("the lowest validation error, but the reference where the validation rows cannot choose", () => {
  const only = (id: string, error: number) => (arm: Arm) => ({ validation: armId(arm) === id ? error : 1 });
  expect(found(only("raw+layer", 0.5))).toBe("raw+layer");
  expect(found(only("raw+layer", 0.98))).toBe("raw+layer");
  expect(found(only("raw+layer", 0.999))).toBe("zscore");
  expect(found((arm) => ({ validation: arm.scale === "raw" ? (arm.norm === "batch" ? 0.5 : 0.501) : 1 }))).toBe(
    "raw+batch",
  );
  const usual = bestTraining(madeUpComparison(() => ({}), { ask: "width", seeds: 3 }));
  expect(usual?.arm.name).toBe("128-64");
});

test("none where no training of it ended with a network", () => {
  expect(found(() => ({ diverged: true }))).toBeUndefined();
  expect(found((arm) => ({ validation: 2, diverged: arm.scale === "raw" }))).toBe("zscore");
});
