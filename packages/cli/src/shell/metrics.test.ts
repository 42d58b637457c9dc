import { expect, test } from "vitest";
import { compareScores, metricFacts } from "./metrics.ts";

test("the better score comes first, and what is no score last", () => {
  const sorted = (metric: string) => [3, Number.NaN, 1, undefined, 2].sort((a, b) => compareScores(metric, a, b));
  // sort puts undefined last, whatever the comparison returns
  expect(sorted("mae")).toEqual([1, 2, 3, Number.NaN, undefined]);
  expect(sorted("accuracy")).toEqual([3, 2, 1, Number.NaN, undefined]);
  expect(compareScores("mae", undefined, 1)).toBeGreaterThan(0);
  expect(metricFacts("constructor").label).toBe("constructor");
});
