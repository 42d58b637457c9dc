import { it } from "vitest";
import { checkSeeds } from "./fixedSet.ts";

/**
 * Half of the compositions that every test run checks: in two files, so that two workers share
 * them.
 */
it("random steps are the same eager and compiled, first half", { timeout: 300_000 }, () => checkSeeds(1, 400));
