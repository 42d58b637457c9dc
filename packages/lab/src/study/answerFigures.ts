import type { StudyAnswer } from "./ask.ts";

/** The heads of the table of an answer. */
export function answerHeads({ metric }: Pick<StudyAnswer, "metric">): string[] {
  return ["network", "learning rate", metric, "difference (interval)", "seeds won"];
}

/** The rows of the table of an answer: each network at its best rate, on test rows. */
export function answerFigures({ rows }: Pick<StudyAnswer, "rows">): string[][] {
  return rows.map(({ label, lr, error, difference, won }) => [
    ...[label, figure(lr), figure(error)],
    difference ? `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})` : "reference",
    won ? `${won.seeds} of ${won.of}` : "",
  ]);
}

const figure = (value: number) => Number(value.toPrecision(3)).toString();
const signed = (value: number) => `${value > 0 ? "+" : ""}${figure(value)}`;
