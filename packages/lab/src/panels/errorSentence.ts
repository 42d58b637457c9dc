import type { Task } from "evenkeel/tabular";
import { steps } from "../charts/format.ts";
import { type Setup, type Side, sides } from "../state/setup.ts";
import type { Point, TrainingState } from "../training/frames.ts";
import { errorFormat, errorPhrase } from "./errorCharts.ts";
import { sidePhrases } from "./sideNames.ts";

/** What is known of one training. */
export interface Standing {
  readonly points: readonly Point[];
  readonly step: number;
  readonly state: TrainingState;
}

export interface Situation {
  readonly setup: Setup;
  readonly task: Task;
  readonly target: string;
  readonly trainings: Readonly<Record<Side, Standing>>;
}

/** Where both networks stand, in words: at the last step that both have done, or that the one has that goes on. */
export function errorSentence({ setup, task, target, trainings }: Situation): string {
  const phrases = sidePhrases(setup);
  const diverged = sides.filter((side) => trainings[side].state === "diverged");
  const alive = sides.filter((side) => trainings[side].state !== "diverged");
  const ends = diverged.map((side) => {
    return `${capital(phrases[side])}, the training diverged at step ${steps(trainings[side].step)}: its loss is no number any more.`;
  });
  const at = Math.min(...alive.map((side) => trainings[side].points.at(-1)?.step ?? -1));
  if (alive.length === 0 || at < 0) return ends.join(" ");
  const write = errorFormat(task);
  const told = alive.flatMap((side, i) => {
    const point = trainings[side].points.findLast(({ step }) => step === at);
    if (point === undefined) return [];
    const error = i === 0 ? errorPhrase(task, target, point.evalMode) : write(point.evalMode);
    const gap = setup[side] === "batch" ? ` (in train mode ${write(point.trainMode)})` : "";
    return [`${phrases[side]} ${error}${gap}`];
  });
  const isOver = alive.every((side) => trainings[side].state === "finished");
  const when = isOver ? `After all ${steps(at)} steps` : `At step ${steps(at)}`;
  return [...ends, `${when}: ${told.join(", ")}.`].join(" ");
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
