/** Different texts as bytes of UTF-8, numbered by first appearance: no string is made per cell. */
export class TextPool {
  private bytes = new Uint8Array(256);
  /** Where each text begins; the last is where the next one will. */
  private starts = new Int32Array(17);
  private hashes = new Int32Array(16);
  /** Codes by hash, open addressing; -1 where free. Its length is a power of two. */
  private slots = new Int32Array(32).fill(-1);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The code of the text between two positions, which is added if it is new. */
  code(from: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ from[i], 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.slots[slot];
      if (code < 0) return this.add(slot, hash, from, start, end);
      if (this.hashes[code] === hash && this.holds(code, from, start, end)) return code;
    }
  }

  private holds(code: number, from: Uint8Array, start: number, end: number): boolean {
    const at = this.starts[code];
    const length = this.starts[code + 1] - at;
    if (length !== end - start) return false;
    for (let i = 0; i < length; i++) if (this.bytes[at + i] !== from[start + i]) return false;
    return true;
  }

  private add(slot: number, hash: number, from: Uint8Array, start: number, end: number): number {
    const code = this.count++;
    const at = this.starts[code];
    const next = at + end - start;
    if (next > this.bytes.length) this.bytes = grown(this.bytes, next);
    if (code + 1 >= this.hashes.length) {
      this.hashes = grown(this.hashes, code + 2);
      this.starts = grown(this.starts, code + 3);
    }
    for (let i = start; i < end; i++) this.bytes[at + i - start] = from[i];
    this.starts[code + 1] = next;
    this.hashes[code] = hash;
    this.slots[slot] = code;
    if (2 * this.count > this.slots.length) this.rehash();
    return code;
  }

  private rehash(): void {
    const slots = new Int32Array(4 * this.slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let code = 0; code < this.count; code++) {
      let slot = this.hashes[code] & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = code;
    }
    this.slots = slots;
  }

  texts(): string[] {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const { bytes, starts } = this;
    const texts: string[] = [];
    for (let code = 0; code < this.count; code++) {
      texts.push(decoder.decode(bytes.subarray(starts[code], starts[code + 1])));
    }
    return texts;
  }
}

function grown<A extends Uint8Array | Int32Array>(values: A, least: number): A {
  const kind = values.constructor as new (length: number) => A;
  const larger = new kind(Math.max(least, 2 * values.length));
  larger.set(values);
  return larger;
}
