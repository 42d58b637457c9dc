import { mismatch, refuse, wrongType } from "../../core/index.ts";
import type { StudyData } from "./plan.ts";

/**
 * Checks that the numeric features of a row can be the pixels of a picture.
 * @throws TypeError or RangeError if `picture` is no shape, or the table has another number of
 *   features
 */
export function checkPicture({ picture, schema }: StudyData): void {
  if (picture === undefined) return;
  if (!Array.isArray(picture) || picture.length !== 3) {
    throw wrongType("planStudy", { option: "picture" }, picture, "[channels, height, width]");
  }
  if (!picture.every((length) => Number.isInteger(length) && length > 0)) {
    throw mismatch("wrong-value", "planStudy", `picture is [${picture}]`, "three whole numbers above 0");
  }
  const pixels = picture.reduce((product, length) => product * length, 1);
  const features = schema.columns.filter(({ use }) => use === "feature");
  const numeric = features.filter(({ kind }) => kind === "numeric").length;
  if (numeric === pixels && features.length === pixels) return;
  throw refuse(
    "wrong-value",
    "planStudy",
    `picture is [${picture}], ${pixels} pixels, and the table has ${numeric} numeric features of ` +
      `${features.length}`,
    "each pixel must be one, those that never change too",
  );
}
