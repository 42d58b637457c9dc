import type { Claim } from "evenkeel/study";

/** Whether some figures of a claim held while others are undecided. */
export function isHeldInPart({ id, verdict, figures }: Claim): boolean {
  const open = figures.some(({ judged }) => judged?.verdict === "undecided");
  // A single setting is enough for the claim "no guarantee".
  return verdict === "held" && id !== "noGuarantee" && open;
}
