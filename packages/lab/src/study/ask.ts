import { countTrials, planStudy, runStudy, studyReport, trialRunner } from "evenkeel/study";
import { settleRareClasses, type Table } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";
import { changed } from "../training/rows.ts";

/** A row of the answer: one of the two networks at its best rate. */
export interface AnswerRow {
  readonly label: string;
  readonly lr: number;
  readonly error: number;
  /** The difference to the network without normalization, with its interval; null for that network, and of too few seeds. */
  readonly difference: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly won: { readonly seeds: number; readonly of: number } | null;
}

/** What the library's study says of the two networks of the page. */
export interface StudyAnswer {
  readonly ran: readonly string[];
  /** The verdict in plain sentences. */
  readonly answer: readonly string[];
  readonly power: string | null;
  /** The verdict with its figures. */
  readonly headline: readonly string[];
  readonly metric: string;
  readonly rows: readonly AnswerRow[];
  readonly complete: boolean;
}

export interface StudyProgress {
  readonly done: number;
  readonly of: number;
}

/** The settings of the page that a study has too. */
type Asked = Pick<
  Setup,
  "left" | "right" | "dropout" | "scale" | "hidden" | "activation" | "batchSize" | "times" | "constant"
>;

/**
 * Why the study of the library cannot ask about this set-up; undefined if it can. Its networks have
 * Linear, normalization, activation and dropout in this order.
 */
export function whyNoStudy({ left, right, hidden, order }: Setup): string | undefined {
  if (left === right) return "Both networks have the same normalization: there is nothing to compare.";
  if (left !== "none" && right !== "none") return "One of the two networks must be without normalization.";
  if (hidden.length === 0) return "A network without hidden layers has nothing to normalize.";
  const places = (["linear", "norm", "activation"] as const).map((part) => order.indexOf(part));
  if (places[0] > places[1] || places[1] > places[2]) {
    return "The study’s networks have Linear, normalization and activation in this order.";
  }
  return undefined;
}

/** Compares both networks with several seeds and seven learning rates each, as `evenkeel study` does. */
export async function askStudy(
  given: Table,
  target: string,
  setup: Asked,
  options: {
    readonly seeds: number;
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: StudyProgress) => void;
  },
): Promise<StudyAnswer> {
  const { seeds, signal, onProgress } = options;
  const { left, right, scale, dropout, hidden, activation, batchSize } = setup;
  const { table, schema } = settleRareClasses(changed(given, setup), { target }, undefined);
  const data = { table, schema };
  // The network without normalization is the reference.
  const norms = [left, right].sort((a, b) => Number(a !== "none") - Number(b !== "none"));
  const plan = planStudy(data, {
    arms: norms.map((norm) => ({ scale, norm, dropout })),
    ...{ seeds, hidden, activation, batchSize, rowFractions: [], epochFractions: [], rescale: [] },
  });
  const of = countTrials(plan).all;
  let done = 0;
  const execute = trialRunner(data);
  const { result } = await runStudy(plan, {
    execute: async (spec, how) => {
      const run = await execute(spec, how);
      onProgress?.({ done: ++done, of });
      return run;
    },
    ...(signal && { signal }),
  });
  const { ran, answer, power, headline, metric, rows } = studyReport(result);
  return {
    ...{ ran, answer, power, headline, metric, complete: result.complete },
    rows: rows.map(({ label, lr, test, difference, won }) => ({
      ...{ label, lr, error: test.value, won },
      difference: difference?.interval ? { value: difference.value, ...difference.interval } : null,
    })),
  };
}
