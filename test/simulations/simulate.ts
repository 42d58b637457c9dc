import type { StudyResult } from "../../packages/evenkeel/src/study/report/result.ts";
import { simulate, type World } from "./world.ts";

/** How often studies of tables from one world came out how. Shares are of all studies. */
export interface Outcomes {
  readonly studies: number;
  /** The headline says that BatchNorm helps, and that it does harm. */
  readonly helps: number;
  readonly harms: number;
  /** At least one claim is asserted that BatchNorm does something, and each claim by itself. */
  readonly anyClaim: number;
  readonly byClaim: Readonly<Record<string, number>>;
  /** The headline's interval holds the true effect, which is that of the factor. */
  readonly covers: number;
  /** The mean width of the headline's interval, as a part of the error. */
  readonly width: number;
  /** It says that there may be nothing to learn. */
  readonly nothing: number;
}

/** Claims that are false in a world where BatchNorm does nothing. "No guarantee" is true there. */
function asserted({ claims }: StudyResult): string[] {
  return claims.filter(({ id, verdict }) => verdict === "held" && id !== "noGuarantee").map(({ id }) => id);
}

/** Simulates studies of tables from this world, one table for each seed from `seed` on. */
export function outcomes(
  world: World,
  seed: number,
  studies: number,
  progress: (done: number) => void = () => {},
): Outcomes {
  const found = { helps: 0, harms: 0, anyClaim: 0, covers: 0, width: 0, nothing: 0 };
  const byClaim: Record<string, number> = {};
  for (let i = 0; i < studies; i++) {
    const result = simulate(world, seed + i);
    const { difference, verdict, sentences } = result.headline;
    const { interval, value } = difference ?? {};
    if (interval === null || interval === undefined || value === null || value === undefined)
      throw new Error("no figure");
    const without = Number(/, ([\d.]+) without any/.exec(sentences[0])?.[1]);
    const truth = (world.factor - 1) * without;
    if (verdict === "held") found.helps++;
    if (interval.low > 0) found.harms++;
    if (interval.low <= truth && truth <= interval.high) found.covers++;
    found.width += (interval.high - interval.low) / without;
    if (sentences.some((one) => one.startsWith("No network here"))) found.nothing++;
    const claims = asserted(result);
    if (claims.length > 0) found.anyClaim++;
    for (const id of claims) byClaim[id] = (byClaim[id] ?? 0) + 1 / studies;
    progress(i + 1);
  }
  const share = Object.fromEntries(Object.entries(found).map(([name, sum]) => [name, sum / studies]));
  return { studies, ...(share as typeof found), byClaim };
}
