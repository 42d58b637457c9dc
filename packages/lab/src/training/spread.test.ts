import { expect, it } from "vitest";
import { type Band, bandOf, bandShares } from "./spread.ts";

/** The definition: all values are sorted. */
function ofSorted(values: readonly number[]): number[] {
  const sorted = Float32Array.from(values).sort();
  return bandShares.map((share) => {
    const at = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(at)], sorted[Math.min(Math.floor(at) + 1, sorted.length - 1)]];
    return below + (above - below) * (at - Math.floor(at));
  });
}

const wave = (length: number) => Array.from({ length }, (_, i) => Math.sin(i * i) * 10 ** (i % 5));
const samples: Readonly<Record<string, readonly number[]>> = {
  one: [3],
  two: [2, -1],
  alike: new Array(100).fill(0.1),
  many: wave(2000),
  "mostly zero": wave(999).map((value, i) => (i % 7 === 0 ? value : 0)),
  "with one far away": [...wave(500), 1e38],
  "of both ends": [...wave(50), 3.4e38, -3.4e38],
  infinite: [...wave(50), Number.POSITIVE_INFINITY],
  "very small": wave(300).map((value) => value * 1e-44),
  descending: Array.from({ length: 777 }, (_, i) => -i),
};

it.each(Object.keys(samples))("quantiles are those of the sorted values: %s", (name) => {
  expect(bandOf(Float32Array.from(samples[name]))).toEqual(ofSorted(samples[name]));
});

it("of many values are those of some, at equal distances", () => {
  const values = wave(6400);
  expect(bandOf(Float32Array.from(values))).toEqual(ofSorted(values.filter((_, i) => i % 3 === 0)));
});

it("are no numbers where one of the values is none", () => {
  const none: Band = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN];
  expect(bandOf(Float32Array.from([...wave(100), Number.NaN]))).toEqual(none);
  expect(bandOf(Float32Array.from([Number.NaN, 1]))).toEqual(none);
});
