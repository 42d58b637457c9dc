import { type Divide, type FunctionBuilder, mostParts } from "../../wasm/index.ts";

/** With fewer multiplications a thread takes longer to wake than to help. */
const worthParts = 2e6;

/** How many images each part has; the last one may have fewer. All of them if there is little to do. */
export function imagesOfPart(images: number, products: number): number {
  return images * products < worthParts ? images : Math.ceil(images / mostParts);
}

/**
 * Writes the code of all images, in parts if there is enough to do: `emit` writes that of `count` of
 * them from `first` on, as the `part`-th.
 * @param products - the multiplications of one image
 */
export function emitImages(
  f: FunctionBuilder,
  divide: Divide | undefined,
  images: number,
  products: number,
  emit: (f: FunctionBuilder, first: number, count: number, part: number) => void,
): void {
  const size = divide === undefined ? images : imagesOfPart(images, products);
  if (divide === undefined || size === images) {
    emit(f, 0, images, 0);
    return;
  }
  const parts = Array.from({ length: Math.ceil(images / size) }, (_, part) => (body: FunctionBuilder) => {
    emit(body, part * size, Math.min(size, images - part * size), part);
  });
  divide(parts)(f);
}
