import { check, oneOf } from "../../core/index.ts";
import type { NormArm } from "../arms/arm.ts";
import type { NetworkArm } from "../arms/networkArm.ts";
import { networks } from "./networks.ts";
import { normalization } from "./normalization.ts";
import { placement } from "./placement.ts";
import { pooling } from "./pooling.ts";
import { type ArmOptions, type Ask, asks, type Question } from "./question.ts";
import { activation } from "./recipe/activation.ts";
import { batches } from "./recipe/batches.ts";
import { dropout } from "./recipe/dropout.ts";
import { optimizer } from "./recipe/optimizer.ts";
import { scaling } from "./recipe/scaling.ts";
import { width } from "./recipe/width.ts";

export type { ComparisonHeadline } from "./comparison.ts";
export type { Headline, StaleStatistics } from "./headline.ts";
export type { NormalizationHeadline } from "./normalizationHeadline.ts";
export type { Ask, Question } from "./question.ts";

const byName: Readonly<Record<Ask, Question>> = {
  normalization,
  placement,
  dropout,
  batches,
  width,
  activation,
  optimizer,
  scaling,
  pooling,
  networks,
};

/** The questions with their own arms, the default first. */
export const questions: readonly Question[] = Object.values(byName).filter((question) => question !== networks);

/** @throws RangeError if there is no such question */
export function questionOf(ask: Ask = "normalization"): Question {
  check("questionOf", { option: "ask" }, ask, oneOf(asks));
  return byName[ask];
}

/** The arms of a question. */
export function armsOf(ask: Ask, options: ArmOptions): readonly (NormArm | NetworkArm)[] {
  return questionOf(ask).arms(options);
}
