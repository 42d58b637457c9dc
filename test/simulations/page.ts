import type { Observed, Outcomes } from "./simulate.ts";
import { worlds } from "./worlds.ts";

/** The figures of docs/evidence/simulations.md. */
export interface Stored {
  readonly seed: number;
  /** Studies of each world. */
  readonly count: number;
  /** Seconds of processor time. */
  readonly seconds: number;
  readonly worlds: Readonly<Record<string, Outcomes>>;
}

const words: Record<Observed, string> = {
  helps: "the answer is that it helps",
  lower: "its interval lies below 0",
  higher: "its interval lies above 0",
  before: "found with one training per split",
  anyClaim: "any claim is held",
  covers: "the interval holds the truth",
  nothing: "there may be nothing to learn",
  rawYes: "yes on raw features",
  rawNothing: "no difference on raw features",
  stale: "statistics are stale",
  fitting: "statistics fit",
  slow: "faster on raw features is refuted",
  steady: "a smaller spread is held",
};

function tableOf({ worlds: found }: Stored): string {
  const rows = Object.entries(found).map(([name, shares]) => {
    const known = worlds[name];
    const told = (names: readonly Observed[]) =>
      names.map((one) => `${words[one]}: ${(100 * shares[one]).toFixed(1)}%`).join("; ") || "-";
    return `| ${name} | ${told(known.errors)} | ${told(known.found)} | ${(100 * shares.width).toFixed(0)}% |`;
  });
  return ["| world | errors | right | width |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** The page with the stored figures in their places. @throws Error if it lacks a place */
export function pageWith(page: string, stored: Stored): string {
  const { seed, count, seconds } = stored;
  const command = `\`npm run simulate -- --seed ${seed} --count ${count}\` makes these figures in ${seconds} s of processor time, on one core.`;
  let text = page;
  for (const [name, part] of Object.entries({ shares: tableOf(stored), command })) {
    const place = new RegExp(`<!-- figures ${name} -->\\n[\\s\\S]*?<!-- end -->`);
    if (!place.test(text)) throw new Error(`the page has no place for ${name}`);
    text = text.replace(place, () => `<!-- figures ${name} -->\n\n${part}\n\n<!-- end -->`);
  }
  return text;
}
