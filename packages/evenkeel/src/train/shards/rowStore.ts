/**
 * Where the training rows of this rank are kept that memory does not hold, as bytes: a file, for
 * example. They are written once, from the beginning on, and then read in any order.
 */
export interface RowStore {
  append(bytes: Uint8Array): void;
  /** Fills the array with the bytes from a position on. */
  read(into: Uint8Array, position: number): void;
}
