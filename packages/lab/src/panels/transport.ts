import type { TrainingState } from "../training/frames.ts";

/** How far a training is in passes through its rows. */
export function epochInWords(step: number, stepsPerEpoch: number): string {
  const epochs = step / stepsPerEpoch;
  return `epoch ${epochs < 10 ? epochs.toFixed(1) : Math.round(epochs).toLocaleString("en-US")}`;
}

/** What both trainings do, for the line beside the buttons. */
export function stateInWords(
  playing: boolean,
  [left, right]: readonly [left: TrainingState, right: TrainingState],
): string {
  const diverged = [left === "diverged" && "left", right === "diverged" && "right"].filter((side) => side !== false);
  const rest = diverged.length > 0 ? `: ${diverged.join(" and ")} diverged` : "";
  const over = [left, right].every((state) => state === "finished" || state === "diverged");
  if (over) return `finished${rest}`;
  return `${playing ? "training" : "paused"}${rest}`;
}
