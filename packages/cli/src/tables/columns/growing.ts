type Values = Float64Array | Float32Array | Int32Array | Uint8Array;

type Kind<A> = { readonly BYTES_PER_ELEMENT: number; new (length: number): A; new (memory: SharedArrayBuffer): A };

/** A typed array that doubles where it is full. */
export class Growing<A extends Values> {
  private values: A;
  private used = 0;
  private readonly kind: Kind<A>;

  constructor(kind: Kind<A>, room = 4096) {
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
    return this.finishInto((length) => new this.kind(length), order);
  }

  /** {@link finish} in memory that threads share, so that they need no copies. */
  finishShared(order?: Int32Array): A {
    const { kind } = this;
    return this.finishInto((length) => new kind(new SharedArrayBuffer(length * kind.BYTES_PER_ELEMENT)), order);
  }

  private finishInto(newArray: (length: number) => A, order: Int32Array | undefined): A {
    const finished = newArray(order?.length ?? this.used);
    if (order === undefined) finished.set(this.values.subarray(0, this.used));
    else for (let i = 0; i < order.length; i++) finished[i] = this.values[order[i]];
    return finished;
  }
}
