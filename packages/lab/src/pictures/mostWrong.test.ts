import { expect, it } from "vitest";
import { mostShown, mostWrong } from "./mostWrong.ts";
import { wrongInWords } from "./wrongInWords.ts";

const classes = ["0", "1", "2"];

it("is the wrong rows, that first whose truth is taken for least likely, by its row in the table", () => {
  const said = ["0", "1", "2", "0"];
  const probabilities = Float64Array.of(...[0.8, 0.1, 0.1], ...[0.3, 0.6, 0.1], ...[0, 0.2, 0.8], ...[0.5, 0.3, 0.2]);
  const found = mostWrong({ classes: said, probabilities }, classes, [0, 0, 1, 2], [7, 20, 30, 41]);
  expect(found).toEqual([
    { row: 30, truth: "1", said: "2", ofTruth: 0.2, ofSaid: 0.8 },
    { row: 41, truth: "2", said: "0", ofTruth: 0.2, ofSaid: 0.5 },
    { row: 20, truth: "0", said: "1", ofTruth: 0.3, ofSaid: 0.6 },
  ]);
});

it("is at most what a panel shows, and nothing where a training diverged", () => {
  const rows = Array.from({ length: 40 }, (_, row) => row);
  const said = rows.map(() => "1");
  const probabilities = Float64Array.from({ length: 120 }, (_, i) => [0.2, 0.7, 0.1][i % 3]);
  expect(
    mostWrong(
      { classes: said, probabilities },
      classes,
      rows.map(() => 0),
      rows,
    ),
  ).toHaveLength(mostShown);
  expect(
    mostWrong(
      { classes: said, probabilities: probabilities.fill(Number.NaN) },
      classes,
      rows.map(() => 0),
      rows,
    ),
  ).toEqual([]);
});

it("is counted in words", () => {
  const counts = [
    [5, 0, 0],
    [0, 4, 0],
    [0, 0, 3],
  ];
  expect(wrongInWords({ counts }, 0)).toBe("None of 12 is wrong.");
  counts[0][1] = 1;
  expect(wrongInWords({ counts }, 1)).toBe("1 of 13 is wrong:");
  counts[1][2] = 4;
  expect(wrongInWords({ counts }, 3)).toBe("5 of 17 are wrong; the 3 worst:");
  expect(wrongInWords({ counts }, 5)).toBe("5 of 17 are wrong:");
});
