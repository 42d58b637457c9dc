import { percent } from "../charts/format.ts";
import type { BreakName } from "../state/breaks.ts";
import type { Preset } from "../state/presets.ts";
import type { Head } from "../state/setup.ts";

export const aboutTable = "Both networks learn which digit a picture shows.";

export const aboutPredictions =
  "Held-out digits that each network takes for another, in eval mode. Those come first whose truth it takes for least likely.";

export const aboutModel =
  "The weights as they are now, as one safetensors file with the names of the programs above: " +
  "net.loadStateDict(loadSafetensors(bytes).tensors) takes them, and in PyTorch " +
  "net.load_state_dict(safetensors.torch.load_file(path)). The command predicts from tables alone.";

export function aboutStudy(seeds: number): string {
  return (
    "Of pictures the study asks which head is best. It trains ConvNets of these convolutions with all four heads, " +
    `with BatchNorm, ${seeds} seeds and two learning rates each, judges each at its best rate on test pictures, and says ` +
    "what is more than chance."
  );
}

export const headNames: readonly { readonly value: Head; readonly name: string }[] = [
  { value: "globalAverage", name: "global average pooling, Linear" },
  { value: "globalMax", name: "global max pooling, Linear" },
  { value: "averageLinear", name: "average pooling 2 × 2, Linear" },
  { value: "maxLinear", name: "max pooling 2 × 2, Linear" },
];

export const aboutRates = "A step on pictures takes longer, so these trainings are short.";

/** Why pictures cannot be broken so. */
export const whyNotBroken: Readonly<Partial<Record<BreakName, string>>> = {
  million: "Pictures have no columns: a convolution sees all their pixels through the same weights.",
  constant: "Pictures have no columns, and pixels that are paper in all of them do no harm.",
};

/** The words of a lesson on digits, with its figures; undefined of another lesson. */
export function lessonOf({ id, ends, rightLower }: Preset): Pick<Preset, "look" | "sees"> | undefined {
  if (!Object.hasOwn(lessons, id)) return undefined;
  const { look, sees } = lessons[id];
  const last =
    `With seed 0 the left network ends with ${percent(ends.left)} of the held-out digits wrong, the right one with ` +
    `${percent(ends.right)}; of the seeds 0 to 4 the right one ends lower in ${rightLower}.`;
  return { look, sees: `${sees} ${last}` };
}

/** Where to look in the lessons on digits, and what is to be seen there. */
const lessons: Readonly<Record<string, Pick<Preset, "look" | "sees">>> = {
  convNet: {
    look: "Two convolutions, the right ones with BatchNorm2d. Look at how early each held-out curve comes down, and at the digits that are taken for another.",
    sees: "The right network learns faster: less than a fifth of the digits is wrong after 90 steps instead of 186 with this seed, and sooner with each of the seeds 0 to 4.",
  },
  globalAverage: {
    look: "The output sees one number of each channel, its mean over the picture, at a rate of 0.01. Look at the gap between the right network’s curves, then press “Recompute statistics”.",
    sees: "Without normalization 16 means say little, and the left network learns little in 300 steps. The right one learns, but its weights move faster than its running statistics: in train mode 13.4% of the digits are wrong, and as many with recomputed statistics.",
  },
  globalMax: {
    look: "The largest value of each channel instead of the mean, at the same rate. Compare with the lesson “Global average pooling”, and with another head.",
    sees: "Both networks end lower than with the mean, with each of the seeds 0 to 4: in so short a training it is easier to say that a stroke is there than how much of it. Ask the study for a verdict over longer ones.",
  },
};
