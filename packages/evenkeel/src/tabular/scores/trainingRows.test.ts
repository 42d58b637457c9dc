import { expect, it } from "vitest";
import { mostTrainingRows, trainingPlaces, trainingRowsScored, trainingRowsToScore } from "./trainingRows.ts";

const rowsUpTo = (count: number) => Int32Array.from({ length: count }, (_, i) => 2 * i);

it("scores all training rows up to 262,144, as they are", () => {
  const train = rowsUpTo(mostTrainingRows);
  expect(trainingPlaces({ train })).toBeUndefined();
  expect(trainingRowsToScore({ train })).toBe(train);
  expect(trainingRowsScored(train.length)).toBe(2 ** 18);
});

it.each([mostTrainingRows + 1, 1_000_003])(
  "scores 262,144 of %d training rows, in order, from all stretches",
  (count) => {
    const train = rowsUpTo(count);
    const places = trainingPlaces({ train })!;
    expect(places.length).toBe(trainingRowsScored(count));
    const stretches = places.filter((place, i) => {
      const [from, to] = [i, i + 1].map((at) => Math.floor((at * count) / mostTrainingRows));
      return place >= from && place < to;
    });
    expect(stretches.length).toBe(places.length);
    // Not always the first of its stretch: a table may repeat itself.
    const mean = places.reduce((sum, place) => sum + place / places.length, 0);
    expect(Math.abs(mean / count - 0.5)).toBeLessThan(1e-3);
    expect(trainingRowsToScore({ train })[5]).toBe(2 * places[5]);
  },
);
