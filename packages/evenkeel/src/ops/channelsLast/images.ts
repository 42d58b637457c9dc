import { type Divide, type FunctionBuilder, type Share, sharesOf } from "../../wasm/index.ts";
import { worthParts } from "../matmul/gemm.problem.ts";

/** The images of each part; a single one of all of them if there is little to do. */
export function imageShares(images: number, products: number): Share[] {
  return images * products < worthParts ? [{ start: 0, count: images }] : sharesOf(images);
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
  const shares = imageShares(images, products);
  if (divide === undefined || shares.length < 2) {
    emit(f, 0, images, 0);
    return;
  }
  const parts = shares.map(
    ({ start, count }, part) =>
      (body: FunctionBuilder) =>
        emit(body, start, count, part),
  );
  divide(parts)(f);
}
