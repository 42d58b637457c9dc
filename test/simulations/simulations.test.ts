import { expect, test } from "vitest";
import { type Observed, outcomes } from "./simulate.ts";
import { worlds } from "./worlds.ts";

/**
 * A part of `npm run simulate`, with fixed seeds. `most` and `least` are shares of many tables;
 * bounds are four binomial standard errors from these.
 */
const studies: readonly {
  readonly world: string;
  readonly count: number;
  readonly most?: Partial<Record<Observed, number>>;
  readonly least?: Partial<Record<Observed, number>>;
}[] = [
  {
    world: "no effect, 120 rows",
    count: 30,
    most: { anyClaim: 0.05, helps: 0.025, higher: 0.025 },
    least: { covers: 0.95 },
  },
  {
    world: "no effect, classes, each row four times",
    count: 10,
    most: { anyClaim: 0.05, helps: 0.025, higher: 0.025 },
  },
  { world: "a gain of 20%", count: 12, most: { higher: 0.001 }, least: { helps: 0.9, covers: 0.95 } },
  { world: "raw errors that differ by factors", count: 8, most: { rawNothing: 0.001 }, least: { rawYes: 0.95 } },
  { world: "stale statistics", count: 8, most: { fitting: 0.001 }, least: { stale: 0.95 } },
  { world: "a late arrival", count: 8, most: { slow: 0.001 } },
  { world: "nothing to learn", count: 12, most: { helps: 0.025 }, least: { nothing: 0.9 } },
];

test.each(studies)("$world: $count studies", ({ world, count, most = {}, least = {} }) => {
  const shares = outcomes(worlds[world].world, 1, count);
  const error = (share: number) => 4 * Math.sqrt((share * (1 - share)) / count);
  for (const [name, share] of Object.entries(most)) {
    expect(shares[name as Observed], name).toBeLessThanOrEqual(share + error(share));
  }
  for (const [name, share] of Object.entries(least)) {
    expect(shares[name as Observed], name).toBeGreaterThanOrEqual(share - error(share));
  }
});
