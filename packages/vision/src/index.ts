export { type DecodeOptions, decodePicture, readPicture } from "./decode.ts";
export { type IdxArray, parseIdx, readIdx, readIdxArray } from "./idx.ts";
export { ImageFolder, type ImageFolderOptions } from "./imageFolder.ts";
export { MNIST, type MNISTOptions } from "./mnist.ts";
export { type Picture, pictureOf } from "./picture.ts";
export * as transforms from "./transforms/index.ts";
