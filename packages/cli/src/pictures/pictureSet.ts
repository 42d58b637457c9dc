import type { Picture } from "@evenkeel/vision";

/** The pictures that were chosen of a source, all of one size, and what each shows. */
export interface PictureSet {
  readonly pictures: readonly Picture[];
  /** The class of each, a position in `classes`. */
  readonly targets: ArrayLike<number>;
  readonly classes: readonly string[];
  /** How many there are in all. */
  readonly count: number;
}

export interface PictureSetOptions {
  /** The positions of those that are read, of so many. */
  readonly choose: (count: number) => Int32Array;
  /** [height, width] that all are brought to. */
  readonly size?: readonly [number, number] | undefined;
  /** Three channels; grey otherwise. */
  readonly rgb?: boolean | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}
