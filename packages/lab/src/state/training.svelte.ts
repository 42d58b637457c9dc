import type { Frame, Picture, Point, PredictionsPicture, TrainingState } from "../training/frames.ts";
import type { RateResult } from "../training/rateRange.ts";
import type { Recomputed } from "../training/recompute.ts";
import type { Side } from "./setup.ts";

/** What is known of one of the two trainings since its last start. */
export class Training {
  readonly side: Side;
  points = $state.raw<readonly Point[]>([]);
  pictures = $state.raw<readonly Picture[]>([]);
  predictions = $state.raw<PredictionsPicture | undefined>();
  step = $state(0);
  state = $state<TrainingState>("paused");
  stepsPerEpoch = $state(1);
  rates = $state.raw<readonly RateResult[]>([]);
  /** The eval-mode error before and after the running statistics were recomputed, at the step where that was asked. */
  recomputed = $state.raw<Recomputed | undefined>();

  constructor(side: Side) {
    this.side = side;
  }

  clear(): void {
    this.points = [];
    this.pictures = [];
    this.recomputed = undefined;
    this.step = 0;
  }

  take(frame: Frame): void {
    if (frame.points.length > 0) this.points = [...this.points, ...frame.points];
    if (frame.pictures.length > 0) this.pictures = [...this.pictures, ...frame.pictures];
    if (frame.predictions !== undefined) this.predictions = frame.predictions;
    this.step = frame.step;
    this.state = frame.state;
    this.stepsPerEpoch = frame.stepsPerEpoch;
  }
}
