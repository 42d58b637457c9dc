/**
 * A growing buffer of WebAssembly binary. A program is some ten thousand instructions, written by
 * code that is not optimized yet, so the functions that run for each are short.
 * https://webassembly.github.io/spec/core/binary/
 */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  /** LEB128, unsigned. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** LEB128, signed. */
  s32(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 127;
      rest >>= 7;
      if (rest === (low & 64 ? -1 : 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 128);
    }
  }

  /** A 32-bit integer as it is. */
  i32(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 255);
  }

  f32(value: number): void {
    floats[0] = value;
    this.i32(words[0]);
  }

  f64(value: number): void {
    doubles[0] = value;
    this.i32(words[0]);
    this.i32(words[1]);
  }

  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.u32(encoded.length);
    this.bytes(encoded);
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

// One number as bits, low word first as in every engine's memory.
const doubles = /* @__PURE__ */ new Float64Array(1);
const floats = /* @__PURE__ */ new Float32Array(doubles.buffer);
const words = /* @__PURE__ */ new Int32Array(doubles.buffer);
