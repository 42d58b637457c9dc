import { countTrials, planStudy, runStudy, type StudyPlan, studyReport, trialRunner } from "evenkeel/study";
import { type SchemaOptions, settleRareClasses, type Table } from "evenkeel/tabular";
import type { MeaningOptions } from "../../../cli/src/tables/meaning.ts";
import { studiedPictures } from "../pictures/pictureRows.ts";
import { hasPictures, type Setup } from "../state/setup.ts";
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
  /** What the claims about heads came to, of pictures; of tables there are too few networks. */
  readonly claims: readonly string[];
  readonly complete: boolean;
}

export interface StudyProgress {
  readonly done: number;
  readonly of: number;
}

/** The settings of the page that a study has too. */
type Asked = Pick<
  Setup,
  "table" | "left" | "right" | "dropout" | "scale" | "hidden" | "activation" | "batchSize" | "times" | "constant"
>;

/**
 * Compares both networks with several seeds and seven learning rates each, as `evenkeel study` does; of
 * pictures the heads of the ConvNet, as `evenkeel study --ask pooling` does.
 */
export async function askStudy(
  given: Table,
  target: string,
  setup: Asked,
  options: {
    readonly seeds: number;
    /** What the owner of the table says about its columns. */
    readonly meaning?: MeaningOptions;
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: StudyProgress) => void;
  },
): Promise<StudyAnswer> {
  const { seeds, meaning, signal, onProgress } = options;
  const { plan, data } = hasPictures(setup)
    ? aboutHeads(given, setup, seeds)
    : aboutNorms(given, { target, ...meaning }, setup, seeds);
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
  const { ran, answer, power, headline, metric, rows, claims } = studyReport(result);
  return {
    claims: hasPictures(setup)
      ? claims.map(({ verdict, claim, sentence }) => `${capital(verdict)}: ${claim} ${sentence}`)
      : [],
    ...{ ran, answer, power, headline, metric, complete: result.complete },
    rows: rows.map(({ label, lr, test, difference, won }) => ({
      ...{ label, lr, error: test.value, won },
      difference: difference?.interval ? { value: difference.value, ...difference.interval } : null,
    })),
  };
}

/** A study of data of this kind. */
interface Planned {
  readonly plan: StudyPlan;
  readonly data: Parameters<typeof trialRunner>[0];
}

function aboutNorms(given: Table, columns: SchemaOptions, setup: Asked, seeds: number): Planned {
  const { left, right, scale, dropout, hidden, activation, batchSize } = setup;
  const { table, schema } = settleRareClasses(changed(given, setup), columns, undefined);
  const data = { table, schema };
  // The network without normalization is the reference.
  const norms = [left, right].sort((a, b) => Number(a !== "none") - Number(b !== "none"));
  const plan = planStudy(data, {
    arms: norms.map((norm) => ({ scale, norm, dropout })),
    ...{ seeds, hidden, activation, batchSize, rowFractions: [], epochFractions: [], rescale: [] },
  });
  return { plan, data };
}

function aboutHeads(table: Table, { hidden, activation, batchSize }: Asked, seeds: number): Planned {
  const data = studiedPictures(table);
  return { plan: planStudy(data, { ask: "pooling", seeds, hidden, activation, batchSize }), data };
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
