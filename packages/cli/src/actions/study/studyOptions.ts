import type { NormArm, Scale, StudyOptions } from "evenkeel/study";
import { norms as allNorms } from "evenkeel/tabular";
import { misuse } from "../../shell/errors.ts";
import { askOf } from "./questions.ts";
import type { StudyFlags } from "./studyFlags.ts";

/**
 * All options of a study: those of the library as given, and those that follow from the command's
 * own flags.
 * @throws CommandError if the question is unknown, or flags exclude each other
 */
export function studyOptions(flags: StudyFlags, given: StudyOptions, tableFirst = false): StudyOptions {
  const ask = askOf(flags, tableFirst);
  const { dropout, ...others } = given;
  return {
    ...others,
    ...(ask !== undefined && { ask }),
    ...(flags.firstSeed !== undefined && { seeds: seedsFrom(flags.firstSeed, given) }),
    ...(flags.scales !== undefined || flags.norms !== undefined
      ? { arms: armsOf(flags, given) }
      : dropout !== undefined && { dropout }),
  };
}

function seedsFrom(first: number, { seeds, quick }: StudyOptions): number[] {
  const count = seeds ?? (quick ? 5 : 10);
  if (typeof count === "number") return Array.from({ length: count }, (_, i) => first + i);
  throw misuse("conflict", "--seeds lists the seeds, and --first-seed counts them from the first", "leave one out");
}

/**
 * Every scale with every norm, made like the default arms: dropout is on one scale only, for the
 * arms that are compared with it.
 * @throws CommandError if there would be nothing to compare
 */
function armsOf({ scales = ["raw", "zscore"], norms = allNorms }: StudyFlags, given: StudyOptions): NormArm[] {
  const missing = (["none", "batch"] as const).find((norm) => !norms.includes(norm));
  if (missing !== undefined) {
    const statement = `--norms is ${norms.join(",")}, and the question compares networks with and without batch normalization`;
    throw misuse("conflict", statement, `name ${missing} too`);
  }
  const { quick, dropout = quick ? 0 : 0.2 } = given;
  const crossed = scales.flatMap((scale) => norms.map((norm) => ({ scale, norm, dropout: 0 })));
  const scale: Scale = scales.includes("zscore") ? "zscore" : scales[scales.length - 1];
  const dropped = norms.filter((norm) => norm !== "layer").map((norm) => ({ scale, norm, dropout }));
  return dropout === 0 ? crossed : [...crossed, ...dropped];
}
