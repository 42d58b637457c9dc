import { type Candidate, judged, overall } from "../report/judge.ts";
import type { StudyView, Trainings } from "../report/view.ts";
import { plainVariant } from "../trial/trialSpec.ts";
import {
  type BySeed,
  type Claim,
  candidate,
  claimsTogether,
  describeWorth,
  differences,
  minus,
  notStudied,
  settingsOf,
  shownDifference,
  tell,
  unitOf,
} from "./claim.ts";

/** Claim 4. */
export function scaleSensitivity(view: StudyView): Claim {
  const { rescale } = view.plan;
  const claim = {
    id: "scaleSensitivity" as const,
    short: "makes scaling matter less",
    claim:
      "Batch normalization makes the network less sensitive to the scale of its inputs, so that scaling them by hand matters less.",
    rule:
      `Two measures in test ${unitOf(view)}, compared as ratios. What raw features cost: (raw - z-score) with minus the same without. Other units: how far ` +
      "the error on raw features moves, up or down and by chance, too, when the columns are multiplied and the rate stays, with minus without. Both " +
      `paired over seeds; held if the whole interval lies at or beyond the smallest effect of interest (${describeWorth(view, "the error without on raw features")}); ` +
      "not held if the interval leaves out such a saving.",
  };
  const settings = settingsOf(view);
  const raw = settings.find(({ scale }) => scale === "raw");
  const scaled = settings.find(({ scale }) => scale === "zscore") ?? settings.find(({ scale }) => scale !== "raw");
  if (raw === undefined) return notStudied(claim, "raw features, with and without BatchNorm");
  const others = view.trainings(raw.none);
  const candidates: Candidate[] = [];
  const apart: [string, BySeed][] = [];
  const add = (label: string, of: (norm: "none" | "batch") => BySeed) => {
    candidates.push(candidate(view, label, others, minus(of("batch"), of("none"))));
    apart.push([`${label} with BatchNorm`, of("batch")], [`${label} without`, of("none")]);
  };
  if (scaled !== undefined) {
    add("what raw features cost", (norm) => differences(view, view.trainings(raw[norm]), view.trainings(scaled[norm])));
  }
  if (rescale !== null) {
    const variant = { ...plainVariant, rescale };
    add("how far other units move the error", (norm) =>
      distances(view, view.trainings(raw[norm], "kept", variant), view.trainings(raw[norm])),
    );
  }
  if (candidates.length === 0) return notStudied(claim, "a second scale, or factors to rescale by");
  const figures = judged(candidates, claimsTogether);
  const rest = apart.map(([label, values]) => shownDifference(view, label, others, values));
  return { ...claim, verdict: overall(figures), figures: [...figures, ...rest], sentence: tell(figures) };
}

function distances(view: StudyView, first: Trainings, second: Trainings): BySeed {
  const apart = differences(view, first, second);
  return new Map([...apart].map(([seed, values]) => [seed, values.map(Math.abs)]));
}
