import { nearest, refuse } from "../../core/index.ts";
import { norms } from "../../tabular/index.ts";
import { type NormArm, scales } from "./arm.ts";

const words = [...scales, ...norms, "dropout0.3"];

/**
 * The arm that `armId` writes so: "zscore+batch+dropout0.2". The scaling stands first; "none" may be
 * written for no normalization.
 * @throws RangeError naming the word that is none of these
 */
export function parseArm(text: string): NormArm {
  const [first, ...rest] = text.split("+").map((word) => word.trim());
  const scale = scales.find((name) => name === first);
  if (scale === undefined) {
    throw wrongWord(text, first, scales, `begin with a scaling of the features: ${scales.join(", ")}`);
  }
  let norm: NormArm["norm"] | undefined;
  let dropout: number | undefined;
  for (const word of rest) {
    const named = norms.find((name) => name === word);
    const dropped = /^dropout(\d*\.?\d+(?:e-\d+)?)$/.exec(word);
    if ((named !== undefined && norm !== undefined) || (dropped !== null && dropout !== undefined)) {
      const kind = named === undefined ? "dropout" : "normalization";
      throw refuse(
        "conflict",
        "parseArm",
        `the arm ${JSON.stringify(text)} has more than one ${kind}`,
        "leave one out",
      );
    }
    if (named !== undefined) norm = named;
    else if (dropped !== null) dropout = probabilityOf(text, dropped[1]);
    else throw wrongWord(text, word, words, `behind the scaling there may be ${norms.join(", ")}, and dropout0.3`);
  }
  return { scale, norm: norm ?? "none", dropout: dropout ?? 0 };
}

function probabilityOf(arm: string, text: string): number {
  const probability = Number(text);
  if (probability < 1) return probability;
  throw refuse("wrong-value", "parseArm", `the arm ${JSON.stringify(arm)} drops ${text}`, "give a number below 1");
}

function wrongWord(arm: string, word: string, known: readonly string[], cure: string): Error {
  const near = nearest(word, known);
  const meant = near === undefined ? cure : `did you mean ${near}? ${cure[0].toUpperCase()}${cure.slice(1)}`;
  const where = word === arm ? "" : ` of the arm ${JSON.stringify(arm)}`;
  return refuse("wrong-value", "parseArm", `${JSON.stringify(word)}${where} is unknown`, meant);
}
