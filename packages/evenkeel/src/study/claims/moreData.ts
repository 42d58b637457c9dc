import { judged, overall } from "../report/judge.ts";
import { mean, slope } from "../report/statistics.ts";
import type { StudyView } from "../report/view.ts";
import { plainVariant } from "../trial/trialSpec.ts";
import { effectsByInputs } from "./betterResult.ts";
import {
  type BySeed,
  type Claim,
  candidate,
  claimsTogether,
  describeWorth,
  differences,
  notStudied,
  settingsOf,
  shownDifference,
  tell,
  unitOf,
} from "./claim.ts";

/** Claim 7. */
export function moreData(view: StudyView): Claim {
  const unit = unitOf(view);
  const { rowFractions, rows } = view.plan;
  const parts = [...rowFractions, 1].sort((a, b) => a - b);
  const claim = {
    id: "moreData" as const,
    short: "helps more with more rows",
    claim: "Batch normalization helps more with large and high-dimensional data.",
    rule:
      `The effect (test ${unit}, with minus without, as a ratio) on ${parts.map((part) => Math.round(part * rows.train)).join(", ")} training ` +
      "rows, each seed's rows a part of the next larger, the rate chosen on all rows and the number of steps the same: for each " +
      "seed the slope of a line through the effects against the doublings of the rows. Held if the whole interval over seeds lies " +
      `at or beyond the smallest effect of interest for each doubling (${describeWorth(view)}); not held if the interval leaves out such a trend. It must help on all ` +
      "rows, too: not held if that is refuted, undecided otherwise. The " +
      "number of columns was not varied: of high-dimensional data this says nothing.",
  };
  const settings = settingsOf(view);
  if (settings.length === 0) return notStudied(claim, "arms with and without BatchNorm on the same inputs");
  if (rowFractions.length === 0) return notStudied(claim, "runs on a part of the rows (rowFractions)");
  const effect = (part: number, { none, batch }: (typeof settings)[number]): BySeed => {
    const variant = { ...plainVariant, rows: part };
    return differences(view, view.trainings(batch, "kept", variant), view.trainings(none, "kept", variant));
  };
  const slopes = judged(
    settings.map((setting) => {
      const effects = parts.map((part) => ({ doublings: Math.log2(part), by: effect(part, setting) }));
      const bySeed = view.plan.seeds.flatMap((seed): [number, number[]][] => {
        const points = effects.flatMap(({ doublings, by }): [number, number][] => {
          const values = by.get(seed);
          return values === undefined ? [] : [[doublings, mean(values)]];
        });
        return points.length < parts.length ? [] : [[seed, [slope(points)]]];
      });
      const others = view.trainings(setting.none);
      const found = candidate(view, `on ${setting.name}`, others, new Map(bySeed));
      return { ...found, unit: `${unit} per doubling of the rows` };
    }),
    claimsTogether,
  );
  // More rows may do no more than reduce the harm.
  const onAll = effectsByInputs(view);
  const figures = slopes.map((figure, i) => {
    const helps = onAll[i].judged?.verdict ?? "undecided";
    if (figure.judged?.verdict !== "held" || helps === "held") return figure;
    const word = helps === "undecided" ? "whether it helps on all rows is undecided" : "hurting less, not helping";
    return { ...figure, label: `${figure.label} (${word})`, judged: { ...figure.judged, verdict: helps } };
  });
  const apart = settings.flatMap((setting) =>
    parts.map((part) => {
      const label = `effect with ${Math.round(part * rows.train)} rows on ${setting.name}`;
      const others = view.trainings(setting.none, "kept", { ...plainVariant, rows: part });
      return shownDifference(view, label, others, effect(part, setting));
    }),
  );
  return {
    ...{ ...claim, verdict: overall(figures), figures: [...figures, ...apart] },
    sentence: `${tell(figures)} Dimension was not varied.`,
  };
}
