import { it } from "vitest";
import { checkSeeds } from "./fixedSet.ts";

/** The other half of compositions1.test.ts. */
it("random steps are the same eager and compiled, second half", { timeout: 300_000 }, () => checkSeeds(401, 400));
