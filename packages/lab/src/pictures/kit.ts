import type { nn } from "evenkeel";
import { saveSafetensors } from "evenkeel/io";
import type { Norm } from "evenkeel/tabular";
import type { Setup } from "../state/setup.ts";
import type { Layer, NetworkSettings, PictureLayer } from "../training/layers.ts";
import { convLayersOf } from "./convLayers.ts";
import { pictureShape } from "./digits.ts";
import { mostWrong } from "./mostWrong.ts";
import { evenkeelCode, type PictureCode, torchCode } from "./pictureCode.ts";
import { pictureModuleOf } from "./pictureModules.ts";
import { savedPictures } from "./savedPictures.ts";

/**
 * What is done in another way where rows are pictures. Prepared rows have it with them, so that a page
 * of tables does not load it.
 */
export interface PictureKit {
  /** The layers of a ConvNet in order. @throws RangeError as `convLayersOf` */
  readonly layersOf: (settings: NetworkSettings & Pick<Setup, "head">, norm: Norm, outputs: number) => Layer[];
  readonly moduleOf: (layer: PictureLayer) => nn.AnyModule;
  readonly mostWrong: typeof mostWrong;
  readonly evenkeel: PictureCode;
  readonly torch: PictureCode;
  readonly saved: typeof savedPictures;
  /** A safetensors file of the weights, with the names that they have in the programs. */
  readonly weightsOf: (network: { readonly layers: nn.Sequential }) => Uint8Array;
}

export const pictureKit: PictureKit = {
  layersOf: (settings, norm, outputs) => convLayersOf(settings, norm, pictureShape, outputs),
  moduleOf: pictureModuleOf,
  mostWrong,
  evenkeel: evenkeelCode,
  torch: torchCode,
  saved: savedPictures,
  weightsOf: ({ layers }) => saveSafetensors(layers.stateDict()),
};
