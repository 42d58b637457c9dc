import { hasPictures, type Setup } from "../state/setup.ts";

/** What a hidden layer is called on the page. */
export function layerName(setup: Pick<Setup, "table">, layer: number): string {
  return `${hasPictures(setup) ? "Convolution" : "Hidden layer"} ${layer + 1}`;
}
