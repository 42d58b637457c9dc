/** Positions of rows in a table: what is trained on, what choices are made by, and what is scored once at the end. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}
