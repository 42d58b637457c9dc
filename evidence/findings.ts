import { batches } from "./batches.ts";
import { dropout } from "./dropout.ts";
import type { Finding } from "./finding.ts";
import { lag } from "./lag.ts";
import { noise } from "./noise.ts";
import { placement } from "./placement.ts";
import { plantedEffects } from "./planted.ts";
import { rateSweep } from "./rates.ts";

/** In the order of the index. */
export const findings: readonly Finding[] = [noise, rateSweep, lag, dropout, batches, placement, plantedEffects];
