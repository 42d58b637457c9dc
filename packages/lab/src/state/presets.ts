import { writeLink } from "./link.ts";
import { defaultSetup, type Setup, usualConvNet } from "./setup.ts";

/** A lesson: what is set, where to look, and what will be seen. */
export interface Preset {
  readonly id: string;
  readonly title: string;
  /** Where to look; empty of a lesson on digits, see {@link onDigits}. */
  readonly look: string;
  /** What is to be seen there, also where it is not what was claimed. */
  readonly sees: string;
  /** What differs from the default set-up. */
  readonly changes: Partial<Setup>;
  /** The errors in eval mode after the last step, which the sentence says; NaN of a training that diverges. */
  readonly ends: { readonly left: number; readonly right: number };
  /** In how many of the seeds 0 to 4 the right network ends with the lower one. */
  readonly rightLower: number;
}

/** Presets under one heading. */
export interface PresetGroup {
  readonly title: string;
  readonly presets: readonly Preset[];
}

/** The last sentence of a lesson, in which its figures are. */
function ends(left: number, right: number, rightLower: number): Pick<Preset, "ends" | "rightLower"> & { last: string } {
  const first = Number.isNaN(left)
    ? "the left network diverges"
    : `the left network ends at an error of ${figure(left)}`;
  const last =
    `With seed 0 ${first}, the right one${Number.isNaN(left) ? " ends" : ""} at ${figure(right)} miles per gallon; ` +
    `of the seeds 0 to 4 the right one ends lower in ${rightLower}.`;
  return { ends: { left, right }, rightLower, last };
}

const figure = (error: number) => error.toPrecision(3);

function preset({ last, sees, ...rest }: Omit<Preset, "ends" | "rightLower"> & ReturnType<typeof ends>): Preset {
  return { ...rest, sees: `${sees} ${last}` };
}

/** A lesson on digits; its words are loaded with them, from pictures/texts.ts. */
function onDigits(
  id: string,
  title: string,
  changes: Partial<Setup>,
  [left, right]: readonly [left: number, right: number],
  rightLower: number,
): Preset {
  const ends = { left, right };
  return { id, title, look: "", sees: "", changes: { table: "digits", ...usualConvNet, ...changes }, ends, rightLower };
}

/** The seven claims that tutorials make about batch normalization, and the one about its statistics. */
const claims: readonly Preset[] = [
  preset({
    id: "speed",
    title: "It trains in fewer epochs",
    look: "Inputs are z-scores. Look at how early each held-out curve comes down.",
    sees: "The right one gets near the lowest error of the two (1.2 times it) sooner, after 63 steps instead of 219 with this seed, and sooner with each of the seeds 0 to 4. Being there first is not being better at the end.",
    changes: { scale: "zscore", steps: 500 },
    ...ends(1.77, 1.88, 2),
  }),
  preset({
    id: "stability",
    title: "It makes training stable",
    look: "SGD on raw numbers. Look at the strip of learning rates.",
    sees: "Without normalization every rate of the strip diverges; with BatchNorm all but the two largest give a network. That is what normalized inputs do, too: choose z-scores, and most rates work on the left.",
    changes: { optimizer: "sgd", steps: 500 },
    ...ends(Number.NaN, 2.85, 5),
  }),
  preset({
    id: "result",
    title: "It improves the result",
    look: "The tutorial’s own set-up: raw numbers. Look at the solid curves in train mode and in eval mode.",
    sees: "With the statistics of the rows themselves the right network is better. In eval mode it jumps, because its running statistics lag behind weights that move fast. Press “Recompute statistics”: with those of all rows it is lower with each of the seeds 0 to 4.",
    changes: {},
    ...ends(3.96, 2.65, 2),
  }),
  preset({
    id: "scaling",
    title: "It makes scaling matter less",
    look: "The weight of the cars is multiplied by a million. Compare the held-out curves.",
    sees: "The left network sees one column and nothing else, and stays near what guessing gives or above it. The right one learns: the first BatchNorm divides the large values again.",
    changes: { times: "Weight_in_lbs" },
    ...ends(10.1, 2.92, 5),
  }),
  preset({
    id: "regularises",
    title: "It regularises",
    look: "z-scores, and a training that is too long. Compare the loss with the held-out error.",
    sees: "The right network’s loss stays higher, at 0.041 instead of 0.012, and its held-out error usually ends lower. The left one would have been as good had it stopped early: that is why the library’s study, which compares networks at their best, does not confirm the claim.",
    changes: { scale: "zscore", steps: 5000 },
    ...ends(2.12, 1.8, 4),
  }),
  preset({
    id: "noGuarantee",
    title: "It is no guarantee",
    look: "The same networks on z-scores. Move the seed.",
    sees: "Both end within 6% of each other, and the seed decides which is lower.",
    changes: { scale: "zscore" },
    ...ends(1.84, 1.76, 3),
  }),
  preset({
    id: "moreRows",
    title: "It helps more with more rows",
    look: "Two networks on one table cannot show it. Move the seed and see why.",
    sees: "Already with all rows the seed decides which ends lower, so a difference between few rows and many drowns. The library’s study trains on a quarter, a half and all of the rows with ten seeds, and is undecided: evenkeel study mpg.",
    changes: { scale: "zscore", steps: 1000 },
    ...ends(1.66, 1.76, 1),
  }),
  preset({
    id: "running",
    title: "Its running statistics lag behind",
    look: "Raw numbers, half as long. Look at the gap between the solid curves in train mode and in eval mode.",
    sees: "They are of the same weights; only the statistics differ. At its worst point the error in eval mode is more than 5 times that in train mode, with each of the seeds 0 to 4. Nothing of it shows in the loss.",
    changes: { steps: 1000 },
    ...ends(3.91, 4.69, 4),
  }),
];

/** What follows once a network has batch normalization. */
const sequels: readonly Preset[] = [
  preset({
    id: "dropoutFirst",
    title: "Dropout before the norm",
    look: "Dropout 0.5 stands right before the normalization. Open “Break it” for what the linter says.",
    sees: "BatchNorm’s statistics are of values of which half are 0 and the others doubled; eval mode has neither. The right network ends higher than the left one with each of the seeds 0 to 4. Move dropout behind the activation: it ends lower.",
    changes: { scale: "zscore", dropout: 0.5, order: ["linear", "dropout", "norm", "activation"] },
    ...ends(2.25, 2.88, 0),
  }),
  preset({
    id: "place",
    title: "Where to put it: after the activation",
    look: "The normalization stands behind the ReLU. Compare with the lesson “It is no guarantee”, where it stands before it.",
    sees: "The right network ends higher here than there in 4 of the seeds 0 to 4. That is this table; over many networks the library finds no difference either way.",
    changes: { scale: "zscore", order: ["linear", "activation", "norm", "dropout"] },
    ...ends(1.84, 1.84, 1),
  }),
  preset({
    id: "smallBatch",
    title: "Small batches",
    look: "Batches of two rows; LayerNorm on the left, BatchNorm on the right.",
    sees: "Mean and variance of two rows are mostly noise: the right network learns little, and recomputed statistics do not mend it. LayerNorm takes its statistics within a row, so batches do not matter to it.",
    changes: { scale: "zscore", batchSize: 2, left: "layer" },
    ...ends(1.84, 4.25, 0),
  }),
  preset({
    id: "stale",
    title: "Stale statistics: momentum 0.001",
    look: "The running statistics take in a thousandth of each batch. Look at the right network in eval mode, then press “Recompute statistics”.",
    sees: "It is useless in eval mode, although it has learned: with statistics of all rows the same weights err by 1.85.",
    changes: { momentum: 0.001 },
    ...ends(3.96, 20.1, 0),
  }),
  preset({
    id: "bias",
    title: "No bias before BatchNorm",
    look: "z-scores, and no bias in a Linear right before BatchNorm. Press “A bias before BatchNorm” to compare.",
    sees: "The bias changes nothing that the network can say, as BatchNorm subtracts it with the mean. What differs is luck: other draws of the first weights.",
    changes: { scale: "zscore", biasBeforeNorm: false },
    ...ends(1.84, 1.83, 5),
  }),
];

/** A ConvNet on digits, and what stands at its end. */
const digits: readonly Preset[] = [
  onDigits("convNet", "A ConvNet on digits", {}, [0.153125, 0.084375], 5),
  onDigits("globalAverage", "Global average pooling", { head: "globalAverage", lr: 0.01 }, [0.7, 0.325], 3),
  onDigits("globalMax", "Global max pooling", { head: "globalMax", lr: 0.01 }, [0.203125, 0.13125], 4),
];

export const presetGroups: readonly PresetGroup[] = [
  { title: "What tutorials claim", presets: claims },
  { title: "Using BatchNorm", presets: sequels },
  { title: "Pictures", presets: digits },
];

/** Everything that a lesson sets: what it does not name is as by default. */
export function setupOf({ changes }: Preset): Setup {
  return { ...defaultSetup, ...changes };
}

/** Whether a set-up is this lesson's. */
export function isShown(preset: Preset, setup: Setup): boolean {
  return writeLink(setupOf(preset)) === writeLink(setup);
}
