import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Storage } from "../../tensor/storage.ts";
import { alignment, roundUp } from "../../wasm/blocks.ts";
import { Heap } from "./heap.ts";

const page = 65536;

describe("Heap", () => {
  it("gives zeroed blocks at multiples of 16 bytes, never at address 0, that do not overlap", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.boolean()), { maxLength: 80 }), (requests) => {
        const heap = new Heap();
        const blocks: [address: number, bytes: number][] = [];
        for (const [bytes, releases] of requests) {
          if (releases && blocks.length > 0) {
            const [[address]] = blocks.splice(bytes % blocks.length, 1);
            heap.release(address);
            continue;
          }
          const address = heap.allocate(bytes);
          const size = Math.max(roundUp(bytes), alignment);
          expect(address).toBeGreaterThan(0);
          expect(address % alignment).toBe(0);
          for (const [other, length] of blocks) {
            expect(address >= other + length || other >= address + size).toBe(true);
          }
          const view = new Uint8Array(heap.memory.buffer, address, size);
          expect(view.every((byte) => byte === 0)).toBe(true);
          view.fill(255);
          blocks.push([address, size]);
        }
        expect(heap.used).toBe(blocks.reduce((sum, [, size]) => sum + size, 0));
      }),
      { numRuns: 50 },
    );
  });

  it("merges neighbours that are free again", () => {
    const heap = new Heap();
    const before = heap.memory.buffer.byteLength;
    const third = roundUp((before - 16) / 3 - 16);
    const blocks = [heap.allocate(third), heap.allocate(third), heap.allocate(third)];
    for (const i of [0, 2, 1]) heap.release(blocks[i]);
    expect(heap.used).toBe(0);
    expect(heap.allocate(3 * third)).toBe(blocks[0]);
    expect(heap.memory.buffer.byteLength).toBe(before);
  });

  it("ignores a release of what is no block, or no block any more", () => {
    const heap = new Heap();
    const address = heap.allocate(64);
    heap.release(address);
    heap.release(address);
    heap.release(12345);
    expect(heap.used).toBe(0);
    expect(heap.allocate(32)).not.toBe(heap.allocate(32));
  });

  it("adopts a storage once: same contents, same version, an address that stays", () => {
    const heap = new Heap();
    const storage = new Storage(Float32Array.of(1, 2, 3));
    storage.version = 7;
    const address = heap.adopt(storage);
    const { data } = storage;
    expect(data.buffer).toBe(heap.memory.buffer);
    expect(data.byteOffset).toBe(address);
    expect(Array.from(data)).toEqual([1, 2, 3]);
    expect(storage.version).toBe(7);
    const used = heap.used;
    data[1] = 9;
    expect(heap.adopt(storage)).toBe(address);
    expect(storage.data).toBe(data);
    expect(heap.used).toBe(used);
    expect(Array.from(storage.data)).toEqual([1, 9, 3]);
  });

  it.each([
    ["float32", Float32Array.of(1.5, -2)],
    ["float64", Float64Array.of(1 / 3, -0)],
    ["int32", Int32Array.of(-5, 2 ** 31 - 1)],
    ["bool", Uint8Array.of(1, 0, 1)],
    ["nothing", new Float32Array(0)],
  ])("adopts %s", (_, data) => {
    const heap = new Heap();
    const storage = new Storage(data.slice());
    const address = heap.adopt(storage);
    expect(storage.data).toEqual(data);
    expect(storage.data.constructor).toBe(data.constructor);
    expect(storage.data.byteOffset).toBe(address);
  });

  it("keeps the contents of storages when it grows, and recreates their arrays", () => {
    const heap = new Heap();
    const storages = [1, 2, 3].map((value) => new Storage(new Float32Array(100).fill(value)));
    const addresses = storages.map((storage) => heap.adopt(storage));
    const old = storages.map(({ data }) => data);
    const big = heap.allocate(10 * page);
    expect(heap.memory.buffer.byteLength).toBeGreaterThanOrEqual(14 * page);
    for (const [i, storage] of storages.entries()) {
      expect(old[i].length, "the old array is detached").toBe(0);
      expect(storage.data.buffer).toBe(heap.memory.buffer);
      expect(storage.data.byteOffset).toBe(addresses[i]);
      expect(storage.data.every((value) => value === i + 1)).toBe(true);
      expect(heap.adopt(storage)).toBe(addresses[i]);
    }
    // The end of the old memory and the new pages are one free block.
    heap.release(big);
    heap.allocate(heap.memory.buffer.byteLength - 3 * 400 - 16);
    expect(heap.memory.buffer.byteLength).toBeLessThanOrEqual(15 * page);
  });

  it("says how much memory was wanted when there is none left", () => {
    const heap = new Heap();
    const storage = new Storage(Float32Array.of(4, 5));
    heap.adopt(storage);
    const used = heap.used;
    expect(() => heap.allocate(2 ** 33)).toThrow(/no memory for another \d+ bytes.*smaller batches, or compile: false/);
    expect(heap.used).toBe(used);
    expect(Array.from(storage.data)).toEqual([4, 5]);
    expect(heap.allocate(16)).toBeGreaterThan(0);
  });
});
