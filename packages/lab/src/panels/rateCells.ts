import type { Task } from "evenkeel/tabular";
import type { CellGrid } from "../charts/cells.ts";
import { rate } from "../charts/format.ts";
import { type Setup, type Side, sides } from "../state/setup.ts";
import { type RateResult, rates } from "../training/rateRange.ts";
import { errorFormat, errorPhrase } from "./errorCharts.ts";
import { sideNames } from "./sideNames.ts";

/** A learning rate of the strip and what came of it. */
export interface RateCell {
  readonly lr: number;
  readonly state: "waiting" | "diverged" | "known";
  /** Held-out error at the end; NaN unless it is known. */
  readonly error: number;
  /** How good it is among the errors of both sides: 1 the best, 0 the worst. */
  readonly share: number;
  readonly isBest: boolean;
}

export type BothCells = Readonly<Record<Side, readonly RateCell[]>>;

/** The cells of both sides, on one scale: from the best error to twice the median, beyond which all are bad alike. */
export function rateCells(results: Readonly<Record<Side, readonly RateResult[]>>): BothCells {
  const errors = sides.flatMap((side) => results[side].map(({ error }) => error).filter(Number.isFinite));
  errors.sort((a, b) => a - b);
  const [best, median] = [errors[0], errors[Math.floor(errors.length / 2)]];
  const worst = Math.min(errors[errors.length - 1], 2 * median);
  const cellsOf = (side: Side): RateCell[] => {
    const known = new Map(results[side].map(({ lr, error }) => [lr, error]));
    const least = Math.min(...known.values());
    return rates.map((lr) => {
      const error = known.get(lr);
      if (error === undefined) return { lr, state: "waiting", error: Number.NaN, share: 0, isBest: false };
      if (!Number.isFinite(error)) return { lr, state: "diverged", error: Number.NaN, share: 0, isBest: false };
      const share = worst > best ? Math.max(0, (worst - error) / (worst - best)) : 1;
      return { lr, state: "known", error, share, isBest: error === least };
    });
  };
  return { left: cellsOf("left"), right: cellsOf("right") };
}

/** A cell in words. */
export function cellPhrase({ lr, state, error, isBest }: RateCell, task: Task, target: string): string {
  const result = {
    waiting: "not trained yet",
    diverged: "the training diverged",
    known: errorPhrase(task, target, error),
  }[state];
  return `Learning rate ${rate(lr)}: ${result}${isBest ? ", the lowest of this network" : ""}`;
}

/** Where a rate lies on the strip, from 0 to 1; at an end if it is beyond. */
export function placeOf(lr: number): number {
  const [first, last] = [Math.log10(rates[0]), Math.log10(rates[rates.length - 1])];
  const cell = ((Math.log10(lr) - first) / (last - first)) * (rates.length - 1);
  return Math.min(1, Math.max(0, (cell + 0.5) / rates.length));
}

/** The strips as a grid, for the picture and for the table. */
export function rateGrid(setup: Setup, task: Task, cells: BothCells): CellGrid {
  const names = sideNames(setup);
  const write = errorFormat(task);
  return {
    label: "learning rate",
    columns: rates.map(rate),
    rows: sides.map((side) => ({
      label: names[side],
      cells: cells[side].map(({ state, error, share }) => ({
        text: state === "known" ? write(error) : state === "diverged" ? "diverged" : "",
        share,
        isCrossed: state === "diverged",
      })),
    })),
  };
}
