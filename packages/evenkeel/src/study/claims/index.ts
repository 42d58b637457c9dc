import type { StudyView } from "../report/view.ts";
import { betterResult } from "./betterResult.ts";
import type { Claim } from "./claim.ts";
import { moreData } from "./moreData.ts";
import { noGuarantee } from "./noGuarantee.ts";
import { regularization } from "./regularization.ts";
import { scaleSensitivity } from "./scaleSensitivity.ts";
import { speed } from "./speed.ts";
import { stability } from "./stability.ts";

export type { Claim, ClaimId } from "./claim.ts";

/** The seven claims, in the tutorial's order. */
const claims = [speed, stability, betterResult, scaleSensitivity, regularization, noGuarantee, moreData];

export function judgeClaims(view: StudyView): Claim[] {
  return claims.map((claim) => claim(view));
}
