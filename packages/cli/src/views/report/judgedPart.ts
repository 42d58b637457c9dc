import type { TrainingReportData } from "./types.ts";

/** The rows that a model is judged by: the test rows, or the next best if there are none. */
export function judgedPart(split: TrainingReportData["split"]): "train" | "validation" | "test" {
  if (split.test > 0) return "test";
  return split.validation > 0 ? "validation" : "train";
}

/** In a sentence, before "rows". */
export const partWords = { test: "test", validation: "validation", train: "training" } as const;

/** How far a score on such rows can be trusted. */
export const worthOf = {
  test: "which neither trained the model nor chose anything",
  validation: "by which choices were made: expect somewhat less of new rows",
  train: "which the model was trained on: this says little about new rows",
} as const;
