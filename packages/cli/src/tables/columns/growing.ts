type Values = Float64Array | Float32Array | Int32Array | Uint8Array;

/** A typed array that doubles where it is full. */
export class Growing<A extends Values> {
  private values: A;
  private used = 0;
  private readonly kind: new (
    length: number,
  ) => A;

  constructor(kind: new (length: number) => A, room = 4096) {
    this.kind = kind;
    this.values = new kind(room);
  }

  get length(): number {
    return this.used;
  }

  /** Makes room for so many more and returns the array to write to, and where to begin. */
  extend(count: number): { readonly values: A; readonly start: number } {
    const start = this.used;
    this.used += count;
    if (this.used > this.values.length) {
      const larger = new this.kind(Math.max(this.used, 2 * this.values.length));
      larger.set(this.values);
      this.values = larger;
    }
    return { values: this.values, start };
  }

  get(position: number): number {
    return this.values[position];
  }

  set(position: number, value: number): void {
    this.values[position] = value;
  }

  /** What was written, in this order where one is given. */
  finish(order?: Int32Array): A {
    if (order === undefined) return this.values.slice(0, this.used) as A;
    const ordered = new this.kind(order.length);
    for (let i = 0; i < order.length; i++) ordered[i] = this.values[order[i]];
    return ordered;
  }
}
