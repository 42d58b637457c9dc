import { withoutUndefined } from "evenkeel/problem";
import type { NormArm, Scale, StudyOptions } from "evenkeel/study";
import { askOf } from "./questions.ts";
import type { StudyFlags } from "./studyFlags.ts";

/** The flags as the library takes them; without what was not given, so that its defaults hold. */
export function studyOptions(flags: StudyFlags, tableFirst = false): StudyOptions {
  const { quick, seeds, firstSeed, epochs, batchSize, hidden, metric, targetError, worth, validation, test } = flags;
  const ask = askOf(flags, tableFirst);
  const many = seeds ?? (quick ? 5 : 10);
  const given = {
    ...{ ask, quick, epochs, batchSize, hidden, metric, targetError, worth, validation, test },
    ...{ lrs: flags.lr, rowFractions: flags.rows, rescale: flags.rescale, target: flags.targetScale },
    seeds: firstSeed === undefined ? seeds : Array.from({ length: many }, (_, i) => firstSeed + i),
    ...(flags.scales === undefined && flags.norms === undefined ? { dropout: flags.dropout } : { arms: armsOf(flags) }),
  };
  return withoutUndefined(given);
}

/** Every scale with every norm; with dropout too, on one scale, what is compared with it. As the default arms are made. */
function armsOf({
  scales = ["raw", "zscore"],
  norms = ["none", "batch", "layer"],
  quick,
  ...flags
}: StudyFlags): NormArm[] {
  const { dropout = quick ? 0 : 0.2 } = flags;
  const crossed = scales.flatMap((scale) => norms.map((norm) => ({ scale, norm, dropout: 0 })));
  const scale: Scale = scales.includes("zscore") ? "zscore" : scales[scales.length - 1];
  const dropped = norms.filter((norm) => norm !== "layer").map((norm) => ({ scale, norm, dropout }));
  return dropout === 0 ? crossed : [...crossed, ...dropped];
}
