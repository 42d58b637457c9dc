import { appendFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { writing } from "../../shell/files/writeAtomic.ts";
import { scalarEvent, tfRecord, versionEvent } from "./event.ts";

/**
 * A TensorBoard event file in a folder: `tensorboard --logdir runs` shows its scalars, also while a
 * training runs. Every call writes whole records at once, so a killed process leaves at most one
 * torn record at the end, which TensorBoard skips.
 */
export class EventFile {
  readonly path: string;

  /**
   * Creates a new file. TensorBoard takes several files in one folder as one run: a training that
   * was resumed adds its own.
   */
  constructor(folder: string, now: Date = new Date()) {
    const seconds = now.getTime() / 1000;
    const order = String(Math.floor(seconds)).padStart(10, "0");
    this.path = join(folder, `events.out.tfevents.${order}.${hostname()}.${process.pid}.${nextNumber++}`);
    writing(this.path, () => writeFileSync(this.path, tfRecord(versionEvent(seconds)), { flag: "wx" }));
  }

  /**
   * Adds scalars of one step, such as `{ "loss/train": 0.5, "loss/validation": 0.6 }`. They are
   * stored as float32.
   */
  scalars(step: number, scalars: Readonly<Record<string, number>>, now: Date = new Date()): void {
    if (!Number.isSafeInteger(step)) throw new RangeError(`scalars: the step is ${step}, expected a whole number`);
    const record = tfRecord(scalarEvent(step, scalars, now.getTime() / 1000));
    writing(this.path, () => appendFileSync(this.path, record));
  }
}

/** Distinguishes two files of one process in the same second. */
let nextNumber = 0;
