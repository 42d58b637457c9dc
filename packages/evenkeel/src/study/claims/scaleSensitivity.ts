import { type Candidate, judged, overall, shown } from "../report/judge.ts";
import type { StudyView } from "../report/view.ts";
import { plainVariant } from "../trial/trialSpec.ts";
import {
  type Claim,
  candidate,
  describeWorth,
  differencesBySeed,
  notStudied,
  settingsOf,
  tell,
  unitOf,
  worthOf,
} from "./claim.ts";

/** Claim 4. */
export function scaleSensitivity(view: StudyView): Claim {
  const unit = unitOf(view);
  const { rescale } = view.plan;
  const claim = {
    id: "scaleSensitivity" as const,
    claim:
      "Batch normalization makes the network less sensitive to the scale of its inputs, so that scaling them by hand matters less.",
    rule:
      `Two measures in test ${unit}. What raw features cost: (raw - z-score) with minus the same without. Other units: how far ` +
      "the error on raw features moves, up or down and by chance, too, when the columns are multiplied and the rate stays, with minus without. Both " +
      `paired over seeds; held if the interval lies below 0 and the mean is at least the smallest effect of interest (${describeWorth(view, "the error without on raw features")}); ` +
      "not held if the interval leaves out such a saving.",
  };
  const settings = settingsOf(view);
  const raw = settings.find(({ scale }) => scale === "raw");
  const scaled = settings.find(({ scale }) => scale === "zscore") ?? settings.find(({ scale }) => scale !== "raw");
  if (raw === undefined) return notStudied(claim, "raw features, with and without BatchNorm");
  const least = worthOf(view, view.seen(raw.none));
  const candidates: Candidate[] = [];
  const apart: [string, readonly number[]][] = [];
  if (scaled !== undefined) {
    const cost = (norm: "none" | "batch") => differencesBySeed(view.seen(raw[norm]), view.seen(scaled[norm]));
    candidates.push(candidate(view, "what raw features cost", least, minus(cost("batch"), cost("none"))));
    apart.push(["what raw features cost with BatchNorm", [...cost("batch").values()]]);
    apart.push(["what raw features cost without", [...cost("none").values()]]);
  }
  if (rescale !== null) {
    const moved = (norm: "none" | "batch") =>
      distances(view.seen(raw[norm], "kept", { ...plainVariant, rescale }), view.seen(raw[norm]));
    candidates.push(candidate(view, "how far other units move the error", least, minus(moved("batch"), moved("none"))));
    apart.push(["how far other units move the error with BatchNorm", [...moved("batch").values()]]);
    apart.push(["how far other units move the error without", [...moved("none").values()]]);
  }
  if (candidates.length === 0) return notStudied(claim, "a second scale, or factors to rescale by");
  const figures = judged(candidates);
  const rest = apart.map(([label, values]) => shown(label, unit, view.estimate(values)));
  return { ...claim, verdict: overall(figures), figures: [...figures, ...rest], sentence: tell(figures) };
}

type Seen = ReturnType<StudyView["seen"]>;

function distances(first: Seen, second: Seen): Map<number, number> {
  return new Map([...differencesBySeed(first, second)].map(([seed, value]) => [seed, Math.abs(value)]));
}

function minus(first: Map<number, number>, second: Map<number, number>): number[] {
  return [...first].flatMap(([seed, value]) => {
    const other = second.get(seed);
    return other === undefined ? [] : [value - other];
  });
}
