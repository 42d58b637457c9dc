import type { Claim } from "evenkeel/study";

/** Whether a claim held by some of its figures, while others are undecided. */
export function isHeldInPart({ id, verdict, figures }: Claim): boolean {
  const open = figures.some(({ judged }) => judged?.verdict === "undecided");
  // Of "no guarantee" one setting is enough.
  return verdict === "held" && id !== "noGuarantee" && open;
}
