import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lifetime, planMemory } from "./plan.ts";

const lifetimes = fc.array(
  fc
    .tuple(fc.nat(300), fc.nat(20), fc.nat(8))
    .map(([bytes, first, length]): Lifetime => ({ bytes, first, last: first + length })),
  { maxLength: 60 },
);
const alignments = fc.constantFrom(1, 4, 16, 64);

const together = (a: Lifetime, b: Lifetime) => a.first <= b.last && b.first <= a.last;

describe("planMemory", () => {
  it("keeps what lives at the same time apart", () => {
    fc.assert(
      fc.property(lifetimes, alignments, (all, alignment) => {
        const { offsets } = planMemory(all, alignment);
        for (const [i, a] of all.entries()) {
          for (const [j, b] of all.slice(0, i).entries()) {
            if (!together(a, b) || a.bytes === 0 || b.bytes === 0) continue;
            expect(offsets[i] >= offsets[j] + b.bytes || offsets[j] >= offsets[i] + a.bytes).toBe(true);
          }
        }
      }),
    );
  });

  it("aligns every offset, and counts the bytes to the highest end", () => {
    fc.assert(
      fc.property(lifetimes, alignments, (all, alignment) => {
        const { offsets, bytes } = planMemory(all, alignment);
        expect(offsets.length).toBe(all.length);
        for (const offset of offsets) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset % alignment).toBe(0);
        }
        expect(bytes).toBe(Math.max(0, ...all.map((lifetime, i) => offsets[i] + lifetime.bytes)));
      }),
    );
  });

  it("takes large ones first, each at the lowest place that is free", () => {
    fc.assert(
      fc.property(lifetimes, alignments, (all, alignment) => {
        const order = all.map((_, i) => i).sort((a, b) => all[b].bytes - all[a].bytes || a - b);
        const simple = new Array<number>(all.length).fill(0);
        for (const [rank, i] of order.entries()) {
          const size = all[i].bytes;
          const rivals = order.slice(0, rank).filter((j) => together(all[i], all[j]) && all[j].bytes > 0);
          const fits = (at: number) =>
            rivals.every((j) => at + size <= simple[j] || at >= simple[j] + all[j].bytes || size === 0);
          while (!fits(simple[i])) simple[i] += alignment;
        }
        expect(planMemory(all, alignment).offsets).toEqual(simple);
      }),
    );
  });

  it("needs at least what lives at once, and at most what all need side by side", () => {
    fc.assert(
      fc.property(lifetimes, (all) => {
        const { bytes } = planMemory(all, 1);
        const at = (time: number) =>
          all.filter(({ first, last }) => first <= time && last >= time).reduce((sum, one) => sum + one.bytes, 0);
        expect(bytes).toBeGreaterThanOrEqual(Math.max(0, ...all.map(({ first }) => at(first))));
        expect(bytes).toBeLessThanOrEqual(all.reduce((sum, one) => sum + one.bytes, 0));
      }),
    );
  });

  it("uses the same place again for what comes later", () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 64, first: i, last: i + 1 }));
    expect(planMemory(chain).bytes).toBe(128);
    expect(planMemory([])).toEqual({ offsets: [], bytes: 0 });
  });

  it("is the same for the same lifetimes", () => {
    fc.assert(
      fc.property(lifetimes, (all) => {
        expect(planMemory(all)).toEqual(planMemory(all));
      }),
    );
  });
});
