import { appendFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { scalarEvent, tfRecord, versionEvent } from "./event.ts";

/**
 * A TensorBoard event file in a folder: `tensorboard --logdir runs` shows its scalars, while a
 * training goes on too. Every call is one write of whole records, so that a killed process leaves
 * at most one torn record at the end, which TensorBoard skips.
 */
export class EventFile {
  readonly path: string;

  /**
   * Begins a new file. Several in one folder are one run to TensorBoard: a training that was
   * resumed adds its own.
   */
  constructor(folder: string, now: Date = new Date()) {
    const seconds = now.getTime() / 1000;
    const order = String(Math.floor(seconds)).padStart(10, "0");
    this.path = join(folder, `events.out.tfevents.${order}.${hostname()}.${process.pid}.${nextNumber++}`);
    writeFileSync(this.path, tfRecord(versionEvent(seconds)), { flag: "wx" });
  }

  /**
   * Adds scalars of one step, such as `{ "loss/train": 0.5, "loss/validation": 0.6 }`. They are
   * kept as float32.
   */
  scalars(step: number, scalars: Readonly<Record<string, number>>, now: Date = new Date()): void {
    if (!Number.isSafeInteger(step)) throw new RangeError(`scalars: the step is ${step}, expected a whole number`);
    appendFileSync(this.path, tfRecord(scalarEvent(step, scalars, now.getTime() / 1000)));
  }
}

/** Two files of one process in one second. */
let nextNumber = 0;
