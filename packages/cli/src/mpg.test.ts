import { describe, expect, test } from "vitest";
import { type CarRecord, loadMpg, toTable } from "./mpg.ts";

const table = loadMpg();
const rows = table.y.length;
const column = (name: string) => {
  const at = table.features.indexOf(name);
  return Array.from({ length: rows }, (_, row) => table.x[row * table.features.length + at]);
};

describe("the Auto MPG table of vega-datasets", () => {
  test("406 rows, 8 without MPG, 6 without horsepower, 392 complete", () => {
    expect(table.rowsInFile).toBe(406);
    expect(table.withoutMpg).toBe(8);
    expect(table.withoutHorsepower).toBe(6);
    expect(rows).toBe(392);
    expect(table.names).toHaveLength(392);
    expect(table.x).toHaveLength(392 * 9);
  });

  test("9 features: 6 measured, 3 of origin", () => {
    expect(table.features).toEqual([
      "cylinders",
      "displacement",
      "horsepower",
      "weight",
      "acceleration",
      "model year",
      "origin USA",
      "origin Europe",
      "origin Japan",
    ]);
    expect(table.measured).toBe(6);
  });

  test("the first car, figure by figure", () => {
    expect(table.names[0]).toBe("chevrolet chevelle malibu");
    expect([...table.x.slice(0, 9)]).toEqual([8, 307, 130, 3504, 12, 70, 1, 0, 0]);
    expect(table.y[0]).toBe(18);
  });

  test("every car has one origin and a model year from 70 to 82", () => {
    const [usa, europe, japan] = ["USA", "Europe", "Japan"].map((origin) => column(`origin ${origin}`));
    for (let row = 0; row < rows; row++) expect(usa[row] + europe[row] + japan[row]).toBe(1);
    expect([usa, europe, japan].map((ones) => ones.reduce((sum, one) => sum + one))).toEqual([245, 68, 79]);
    expect(Math.min(...column("model year"))).toBe(70);
    expect(Math.max(...column("model year"))).toBe(82);
  });

  test("all figures are finite", () => {
    expect(table.x.every(Number.isFinite)).toBe(true);
    expect(table.y.every(Number.isFinite)).toBe(true);
  });
});

test("a car from an unknown place is refused by name", () => {
  const car: CarRecord = {
    Name: "volga",
    Miles_per_Gallon: 20,
    Cylinders: 4,
    Displacement: 149,
    Horsepower: 95,
    Weight_in_lbs: 3086,
    Acceleration: 19,
    Year: "1972-01-01",
    Origin: "USSR",
  };
  expect(() => toTable([car])).toThrow('origin "USSR" of "volga" is none of USA, Europe, Japan');
});
