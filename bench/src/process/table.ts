import { readFileSync } from "node:fs";

/** What every side does in W6. */
export const settings = { sizes: [9, 50, 25, 1], epochs: 100, batch: 32, rate: 0.003 } as const;

export interface Rows {
  /**
   * [rows, 9], row-major; the six measured columns with mean 0 and variance 1 over the training
   * rows.
   */
  readonly x: Float32Array;
  readonly y: Float32Array;
}

interface Car {
  readonly Miles_per_Gallon: number | null;
  readonly Cylinders: number;
  readonly Displacement: number;
  readonly Horsepower: number | null;
  readonly Weight_in_lbs: number;
  readonly Acceleration: number;
  /** A date: `1970-01-01`. */
  readonly Year: string;
  readonly Origin: string;
}

const columns = 9;
const measuredColumns = 6;

/** Auto MPG from the file named as the first argument; every fifth car is kept for the test. */
export function readTable(): { readonly train: Rows; readonly test: Rows } {
  const cars = JSON.parse(readFileSync(process.argv[2], "utf8")) as readonly Car[];
  const complete = cars.filter((car) => car.Miles_per_Gallon !== null && car.Horsepower !== null);
  const train = toRows(complete.filter((_, i) => i % 5 !== 0));
  const test = toRows(complete.filter((_, i) => i % 5 === 0));
  for (let column = 0; column < measuredColumns; column++) standardize(column, train, test);
  return { train, test };
}

function toRows(cars: readonly Car[]): Rows {
  const x = cars.flatMap((car) => [
    car.Cylinders,
    car.Displacement,
    Number(car.Horsepower),
    car.Weight_in_lbs,
    car.Acceleration,
    Number(car.Year.slice(2, 4)),
    ...["USA", "Europe", "Japan"].map((origin) => Number(car.Origin === origin)),
  ]);
  return { x: Float32Array.from(x), y: Float32Array.from(cars, (car) => Number(car.Miles_per_Gallon)) };
}

function standardize(column: number, train: Rows, test: Rows): void {
  const values = train.x.filter((_, i) => i % columns === column);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  for (const { x } of [train, test]) {
    for (let i = column; i < x.length; i += columns) x[i] = (x[i] - mean) / deviation;
  }
}

/** The indices of 0 to n - 1 in random order, batch by batch. */
export function shuffledBatches(n: number): number[][] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return Array.from({ length: Math.ceil(n / settings.batch) }, (_, batch) =>
    order.slice(batch * settings.batch, (batch + 1) * settings.batch),
  );
}

/** The rows of some indices, as one array. */
export function pick(data: Float32Array, indices: readonly number[], width: number): Float32Array {
  const rows = new Float32Array(indices.length * width);
  indices.forEach((index, row) => {
    rows.set(data.subarray(index * width, (index + 1) * width), row * width);
  });
  return rows;
}

/** Prints what the benchmark compares. */
export function report(predicted: ArrayLike<number>, { y }: Rows, steps: number): void {
  const mae = y.reduce((sum, value, i) => sum + Math.abs(value - predicted[i]), 0) / y.length;
  console.log(`test MAE ${mae.toFixed(3)} mpg after ${steps} steps`);
}
