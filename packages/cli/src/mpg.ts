import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The Auto MPG table, cars with a missing figure left out. */
export interface MpgTable {
  /** Cars in the file, missing figures or not. */
  readonly rowsInFile: number;
  readonly withoutMpg: number;
  readonly withoutHorsepower: number;
  /** Names of the complete cars, one a row. */
  readonly names: readonly string[];
  /** What is measured first, then one column per origin. */
  readonly features: readonly string[];
  /** How many of the features are measured; the rest are 0 or 1. */
  readonly measured: number;
  /** [rows, features], row-major. */
  readonly x: Float32Array;
  /** Miles per gallon, [rows]. */
  readonly y: Float32Array;
}

/** A car as the file has it. */
export interface CarRecord {
  readonly Name: string;
  readonly Miles_per_Gallon: number | null;
  readonly Cylinders: number;
  readonly Displacement: number;
  readonly Horsepower: number | null;
  readonly Weight_in_lbs: number;
  readonly Acceleration: number;
  /** A date, `1970-01-01`: the model year. */
  readonly Year: string;
  readonly Origin: string;
}

const origins = ["USA", "Europe", "Japan"] as const;

/** How each measured feature is read from a record. The model year counts from 1900, as in the original table. */
const measures: readonly (readonly [name: string, read: (car: CarRecord) => number | null])[] = [
  ["cylinders", (car) => car.Cylinders],
  ["displacement", (car) => car.Displacement],
  ["horsepower", (car) => car.Horsepower],
  ["weight", (car) => car.Weight_in_lbs],
  ["acceleration", (car) => car.Acceleration],
  ["model year", (car) => Number(car.Year.slice(0, 4)) - 1900],
];

/** Reads the table out of the vega-datasets package. */
export function loadMpg(): MpgTable {
  // The package exports its loaders only, which fetch from the network in Node; the file lies beside them.
  const entry = createRequire(import.meta.url).resolve("vega-datasets");
  const text = readFileSync(join(dirname(entry), "../data/cars.json"), "utf8");
  return toTable(JSON.parse(text) as CarRecord[]);
}

/**
 * Keeps the cars whose figures are all there and lays them out as features and target.
 *
 * @throws RangeError for an origin that has no column
 */
export function toTable(cars: readonly CarRecord[]): MpgTable {
  const complete = cars.filter(
    (car) => isNumber(car.Miles_per_Gallon) && measures.every(([, read]) => isNumber(read(car))),
  );
  const x = complete.flatMap((car) => {
    if (!(origins as readonly string[]).includes(car.Origin)) {
      throw new RangeError(`origin ${JSON.stringify(car.Origin)} of "${car.Name}" is none of ${origins.join(", ")}`);
    }
    return [
      ...measures.map(([, read]) => Number(read(car))),
      ...origins.map((origin) => Number(origin === car.Origin)),
    ];
  });
  return {
    rowsInFile: cars.length,
    withoutMpg: cars.filter((car) => !isNumber(car.Miles_per_Gallon)).length,
    withoutHorsepower: cars.filter((car) => !isNumber(car.Horsepower)).length,
    names: complete.map((car) => car.Name),
    features: [...measures.map(([name]) => name), ...origins.map((origin) => `origin ${origin}`)],
    measured: measures.length,
    x: Float32Array.from(x),
    y: Float32Array.from(complete, (car) => Number(car.Miles_per_Gallon)),
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
