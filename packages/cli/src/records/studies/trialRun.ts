import { isPlainObject } from "evenkeel/problem";
import { metrics, type TrialRun, type TrialSpec } from "evenkeel/study";
import { z } from "zod";
import { figure, firstIssue, sayMissing } from "../schemas.ts";

const counts = z.object({ train: z.int(), validation: z.int(), test: z.int() });
const errors = z.partialRecord(z.enum(metrics), figure);
const parts = { train: errors, validation: errors, test: errors };
const reading = z.object({ curve: z.array(figure), ...parts });

/**
 * The keys are in the order in which they are written, so that the same trials give the same bytes.
 */
const runSchema: z.ZodType<TrialRun> = z.object({
  result: z.object({
    // Trials are identified by the text of their spec, so it needs no check: a spec that is not in
    // the plan is ignored.
    spec: z.custom<TrialSpec>(isSpec, "expected the plan of a trial"),
    rows: counts,
    constant: z.object(parts),
    diverged: z.string().nullable(),
    readings: z.object({ asTrained: reading.exactOptional(), recomputed: reading.exactOptional() }),
  }),
  msPerEpoch: z.number().nullable(),
});

function isSpec(given: unknown): boolean {
  return isPlainObject(given) && typeof given.id === "string" && isPlainObject(given.arm);
}

/** A trial as JSON has it, checked; or what is wrong with it: "result.diverged: expected a string". */
export function trialRunOf(given: unknown): { readonly run: TrialRun } | { readonly why: string } {
  const { success, data, error } = runSchema.safeParse(given, { error: sayMissing });
  return success ? { run: data } : { why: firstIssue(error) };
}
