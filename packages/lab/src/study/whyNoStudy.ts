import { hasPictures, type Setup } from "../state/setup.ts";

/**
 * Why the study of the library cannot ask about this set-up; undefined if it can. Its networks have
 * Linear, normalization, activation and dropout in this order. Of pictures it asks another question.
 */
export function whyNoStudy(setup: Setup): string | undefined {
  const { left, right, hidden, order } = setup;
  if (hasPictures(setup)) {
    return hidden.length === 0 ? "The study’s ConvNets have one convolution or more." : undefined;
  }
  if (left === right) return "Both networks have the same normalization: there is nothing to compare.";
  if (left !== "none" && right !== "none") return "One of the two networks must be without normalization.";
  if (hidden.length === 0) return "A network without hidden layers has nothing to normalize.";
  const places = (["linear", "norm", "activation"] as const).map((part) => order.indexOf(part));
  if (places[0] > places[1] || places[1] > places[2]) {
    return "The study’s networks have Linear, normalization and activation in this order.";
  }
  return undefined;
}
