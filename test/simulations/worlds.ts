import type { Observed } from "./simulate.ts";
import { usualWorld, type World } from "./world.ts";

/** A world with what is true in it, which of a study's findings are errors there, and which are right. */
export interface KnownWorld {
  readonly world: World;
  /** Findings that are false there. */
  readonly errors: readonly Observed[];
  /** Findings that are true there: the more often, the better. */
  readonly found: readonly Observed[];
}

const noEffect = { errors: ["anyClaim", "helps", "higher"], found: ["covers"] } as const;
const gain = { errors: ["higher"], found: ["helps", "lower", "before", "covers"] } as const;

/** By name. In worlds of "no effect", all arms are equally good over all tables. */
export const worlds: Readonly<Record<string, KnownWorld>> = {
  "no effect": {
    world: usualWorld,
    errors: ["anyClaim", "helps", "higher", "stale"],
    found: ["covers", "fitting"],
  },
  "no effect, 120 rows": { world: { ...usualWorld, rows: 120 }, ...noEffect },
  "no effect, 5 seeds": { world: { ...usualWorld, seeds: 5 }, ...noEffect },
  "no effect, no training luck": { world: { ...usualWorld, trainingLuck: 0 }, ...noEffect },
  "no effect, training luck 30%": { world: { ...usualWorld, trainingLuck: 0.3 }, ...noEffect },
  "no effect, outliers": { world: { ...usualWorld, trainingLuck: 0.1, outliers: true }, ...noEffect },
  "no effect, each row four times": { world: { ...usualWorld, rows: 120, copies: 4 }, ...noEffect },
  "no effect, groups of four rows": { world: { ...usualWorld, rows: 120, copies: 4, groups: true }, ...noEffect },
  "no effect, classes": { world: { ...usualWorld, classes: true }, ...noEffect },
  "no effect, classes, 120 rows": { world: { ...usualWorld, rows: 120, classes: true }, ...noEffect },
  "no effect, classes, each row four times": {
    ...{ world: { ...usualWorld, rows: 120, copies: 4, classes: true }, ...noEffect },
  },
  "a gain of 2.5%": { world: { ...usualWorld, factor: 0.975 }, ...gain },
  "a gain of 5%": { world: { ...usualWorld, factor: 0.95 }, ...gain },
  "a gain of 10%": { world: { ...usualWorld, factor: 0.9 }, ...gain },
  "a gain of 20%": { world: { ...usualWorld, factor: 0.8 }, ...gain },
  "a gain of 5%, mostly training luck": {
    ...{ world: { ...usualWorld, factor: 0.95, own: 0.1, trainingLuck: 0.1 }, ...gain },
  },
  "a loss of 5%": {
    ...{ world: { ...usualWorld, factor: 1.05 }, errors: ["anyClaim", "helps", "lower"], found: ["higher", "covers"] },
  },
  "raw errors that differ by factors": {
    ...{ world: { ...usualWorld, rawCost: 0.8 }, errors: ["helps", "rawNothing"], found: ["rawYes"] },
  },
  "stale statistics": { world: { ...usualWorld, stale: 0.3 }, errors: ["fitting"], found: ["stale"] },
  "a late arrival": {
    world: { ...usualWorld, own: 0.05, trainingLuck: 0.01, late: true },
    errors: ["slow"],
    found: [],
  },
  "equal spreads, 20%": { world: { ...usualWorld, trainingLuck: 0.2 }, errors: ["steady"], found: [] },
  "spreads of 20% and 2%": {
    world: { ...usualWorld, trainingLuck: 0.2, luckWith: 0.02 },
    errors: [],
    found: ["steady"],
  },
  "nothing to learn": {
    world: { ...usualWorld, signal: 0, own: 0 },
    errors: ["anyClaim", "helps"],
    found: ["nothing"],
  },
  "a weak signal": { world: { ...usualWorld, signal: 0.5, own: 0.2 }, errors: ["nothing"], found: [] },
  "a weak signal, 120 rows": {
    world: { ...usualWorld, rows: 120, signal: 0.5, own: 0.2 },
    errors: ["nothing"],
    found: [],
  },
};
