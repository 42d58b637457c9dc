import type { NormArm, Scale, StudyOptions } from "evenkeel/study";
import { norms as allNorms } from "evenkeel/tabular";
import { misuse } from "../../shell/errors.ts";
import { armsOf } from "./arms.ts";
import { askOf } from "./questions.ts";
import type { StudyFlags } from "./studyFlags.ts";

/**
 * All options of a study: those of the library as given, and those that follow from the command's
 * own flags.
 * @param tableFirst whether no table is given
 * @throws CommandError if the question is unknown, flags exclude each other, or the arms cannot be read
 */
export function studyOptions(
  flags: StudyFlags,
  given: StudyOptions,
  { cwd, tableFirst }: { readonly cwd: string; readonly tableFirst: boolean },
): StudyOptions {
  const ask = askOf(flags, tableFirst);
  const crossed = flags.scales !== undefined || flags.norms !== undefined;
  if (crossed && flags.arms !== undefined) {
    throw misuse("conflict", "--arms lists the arms, and --scales and --norms cross them", "leave one out");
  }
  const { dropout, ...others } = given;
  return {
    ...others,
    ...(ask !== undefined && { ask }),
    ...(flags.firstSeed !== undefined && { seeds: seedsFrom(flags.firstSeed, given) }),
    ...(flags.arms !== undefined
      ? { arms: armsOf(flags.arms, cwd) }
      : crossed
        ? { arms: crossedArms(flags, given) }
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
function crossedArms({ scales = ["raw", "zscore"], norms = allNorms }: StudyFlags, given: StudyOptions): NormArm[] {
  const { quick, dropout = quick ? 0 : 0.2 } = given;
  const crossed = scales.flatMap((scale) => norms.map((norm) => ({ scale, norm, dropout: 0 })));
  const scale: Scale = scales.includes("zscore") ? "zscore" : scales[scales.length - 1];
  const dropped = norms.filter((norm) => norm !== "layer").map((norm) => ({ scale, norm, dropout }));
  return dropout === 0 ? crossed : [...crossed, ...dropped];
}
