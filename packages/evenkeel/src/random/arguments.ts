import { refuse } from "../core/index.ts";

/** Checks shared by the distributions; all of them run before anything is drawn. */

/** @throws TypeError if `value` is no number @throws RangeError if it is NaN or infinite */
export function checkFinite(caller: string, name: string, value: number): void {
  if (typeof value !== "number")
    throw refuse("wrong-type", "", `${caller} expects ${name} to be a number, but got ${typeof value}`);
  if (!Number.isFinite(value))
    throw refuse("wrong-value", "", `${caller} expects ${name} to be finite, but got ${value}`);
}

/** @throws TypeError if `value` is no number @throws RangeError if it does not lie in [0, 1] */
export function checkProbability(caller: string, name: string, value: number): void {
  if (typeof value !== "number")
    throw refuse("wrong-type", "", `${caller} expects ${name} to be a number, but got ${typeof value}`);
  if (!(value >= 0 && value <= 1))
    throw refuse("wrong-value", "", `${caller} expects ${name} to lie in [0, 1], but got ${value}`);
}

/** @throws TypeError if `value` is no number @throws RangeError if it is not a safe integer */
export function checkInteger(caller: string, name: string, value: number): void {
  if (typeof value !== "number")
    throw refuse("wrong-type", "", `${caller} expects ${name} to be a number, but got ${typeof value}`);
  if (!Number.isSafeInteger(value)) {
    throw refuse(
      "wrong-value",
      "",
      `${caller} expects ${name} to be an integer of at most 2^53 - 1 in size, but got ${value}`,
    );
  }
}
