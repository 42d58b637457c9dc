import { readFileSync } from "node:fs";

/** Auto MPG as the vega-datasets package has it: 406 cars, of which 392 have all figures. */
export interface Table {
  /** Cars in the file, complete or not. */
  rowsInFile: number;
  /** The names of the columns of `x`. */
  features: string[];
  /**
   * How many of them, the first ones, are measured; the other three say where the car is from, 1
   * for yes.
   */
  measured: number;
  /** One list of nine numbers per car. */
  x: number[][];
  /** Miles per gallon. */
  y: number[];
  names: string[];
}

/** A row of cars.json. */
export interface Car {
  Name: string;
  Miles_per_Gallon: number | null;
  Cylinders: number;
  Displacement: number;
  Horsepower: number | null;
  Weight_in_lbs: number;
  Acceleration: number;
  /** A date such as 1970-01-01. */
  Year: string;
  Origin: string;
}

export function readMpg(): Table {
  const file = new URL("../data/cars.json", import.meta.resolve("vega-datasets"));
  const cars: Car[] = JSON.parse(readFileSync(file, "utf8"));
  const complete = cars.filter((car) => car.Miles_per_Gallon !== null && car.Horsepower !== null);
  const origins = ["USA", "Europe", "Japan"];
  return {
    rowsInFile: cars.length,
    features: ["cylinders", "displacement", "horsepower", "weight", "acceleration", "model year", ...origins],
    measured: 6,
    x: complete.map((car) => [
      car.Cylinders,
      car.Displacement,
      Number(car.Horsepower),
      car.Weight_in_lbs,
      car.Acceleration,
      Number(car.Year.slice(2, 4)),
      ...origins.map((origin) => Number(car.Origin === origin)),
    ]),
    y: complete.map((car) => Number(car.Miles_per_Gallon)),
    names: complete.map((car) => car.Name),
  };
}
