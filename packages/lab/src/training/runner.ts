import type { Norm } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";
import { type Frame, type Picture, type Point, pictureEvery, pointEvery, type TrainingState } from "./frames.ts";
import { Observer } from "./observer.ts";
import type { PreparedRows } from "./rows.ts";
import { Trainer } from "./trainer.ts";

/**
 * One of the two trainings that are drawn beside each other. Points and pictures are taken at steps
 * that the set-up decides, never at a time, so the same set-up draws the same curves.
 */
export class Runner {
  readonly trainer: Trainer;
  readonly #observer: Observer;
  #setup: Setup;
  #points: Point[] = [];
  #pictures: Picture[] = [];
  #lossSum = 0;
  #lossCount = 0;
  #state: TrainingState = "paused";
  /** The step whose picture is not drawn yet; the network is as it was then. */
  #undrawn: number | undefined;

  constructor(prepared: PreparedRows, setup: Setup, norm: Norm) {
    this.trainer = new Trainer(prepared, setup, norm);
    this.#observer = new Observer(this.trainer.network, prepared);
    this.#setup = setup;
    this.#begin();
  }

  get step(): number {
    return this.trainer.step;
  }

  /** Whether there is nothing left to train. */
  get isOver(): boolean {
    return this.#state === "finished" || this.#state === "diverged";
  }

  /** Gives its programs back, once another takes its place. */
  dispose(): void {
    this.trainer.dispose();
    this.#observer.dispose();
  }

  /** Back to step 0, with other rows or another set-up for which `programsFor` says that the programs are made too. */
  restart(prepared: PreparedRows, setup: Setup): void {
    this.#setup = setup;
    this.trainer.restart(prepared, setup);
    this.#observer.watch(prepared);
    this.#begin();
  }

  #begin(): void {
    this.#points = [];
    this.#pictures = [];
    this.#lossSum = 0;
    this.#lossCount = 0;
    this.#state = "paused";
    this.#undrawn = undefined;
    this.#observer.take();
    this.#points.push({ step: 0, loss: Number.NaN, ...this.#observer.errors() });
  }

  /** Trains at most `count` steps, and no longer than `milliseconds`. */
  advance(count: number, milliseconds = Number.POSITIVE_INFINITY): void {
    const began = performance.now();
    for (let i = 0; i < count && !this.isOver; i++) {
      this.#oneStep();
      if (performance.now() - began >= milliseconds) break;
    }
  }

  /**
   * What is new since the last frame. While it plays, the picture of its last step may come with the
   * next one: a picture takes longer than a step, the first most of all, and nobody waits for it.
   */
  frame(run: number, playing: boolean): Frame {
    if (!playing || this.isOver) this.#draw();
    const frame: Frame = {
      ...{ run, step: this.step, stepsPerEpoch: this.trainer.stepsPerEpoch },
      ...{ points: this.#points, pictures: this.#pictures },
      ...(this.#points.length > 0 && { predictions: this.#observer.predictions() }),
      state: this.isOver ? this.#state : playing ? "running" : "paused",
    };
    this.#points = [];
    this.#pictures = [];
    return frame;
  }

  #oneStep(): void {
    this.#draw();
    const { trainer } = this;
    const next = trainer.step + 1;
    const draws = next % pictureEvery(this.#setup) === 0 || next === 1;
    if (draws) this.#observer.beforeStep();
    const loss = trainer.next();
    this.#lossSum += loss;
    this.#lossCount++;
    const diverged = !Number.isFinite(loss);
    if (diverged) this.#state = "diverged";
    else if (next >= this.#setup.steps) this.#state = "finished";
    const counts = next % pointEvery(this.#setup) === 0 || this.isOver;
    if (counts || draws) this.#observer.take();
    if (counts) this.#addPoint(next);
    if (draws && !diverged) this.#undrawn = next;
  }

  #draw(): void {
    if (this.#undrawn !== undefined) this.#pictures.push(this.#observer.picture(this.#undrawn));
    this.#undrawn = undefined;
  }

  #addPoint(step: number): void {
    this.#points.push({ step, loss: this.#lossSum / this.#lossCount, ...this.#observer.errors() });
    this.#lossSum = 0;
    this.#lossCount = 0;
  }
}
