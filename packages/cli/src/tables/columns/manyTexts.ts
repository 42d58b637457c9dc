import { datesIn } from "evenkeel/tabular";
import { wholeText } from "../../shell/figures.ts";
import type { ReadNote } from "../readError.ts";
import { isNumberText } from "./numberText.ts";

/**
 * Texts that a column may have before it is taken for free text or an identifier, and no longer
 * kept.
 */
export const mostTexts = 1_000_000;

/** Whether so many texts are good for nothing: not one in ten is anything but a number or a date. */
export function areFreeTexts(texts: readonly string[]): boolean {
  const most = 0.9 * texts.length;
  if (texts.filter(isNumberText).length >= most) return false;
  // Not those such as NA.
  const likely = texts.filter((text) => /\d/.test(text));
  return likely.length < most || datesIn(likely) === undefined;
}

export function freeTextsNote(column: string): ReadNote {
  const message = `column "${column}" is left out: more than ${wholeText(mostTexts)} different texts, free text or an identifier`;
  return { severity: "warning", code: "too-many-texts", column, message };
}
