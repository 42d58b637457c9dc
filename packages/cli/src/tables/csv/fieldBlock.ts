/** Some records of a CSV file, as places in bytes. */
export interface FieldBlock {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  /** Where the fields begin and end, record by record; quotes are not part of them. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}
