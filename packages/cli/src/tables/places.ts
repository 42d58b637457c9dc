import { problemOf, withProblem } from "evenkeel/problem";
import { TableError } from "evenkeel/tabular";
import { inPlace, type PlaceOf } from "../shell/dialect.ts";

/**
 * Runs work on the rows of a table. Its errors name the line of the file, not the number of the
 * row.
 */
export async function namingPlaces<T>(placeOf: PlaceOf | undefined, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw placed(error, placeOf);
  }
}

/** The same for work that gives one thing after another. */
export async function* namingPlacesOfEach<T>(placeOf: PlaceOf | undefined, work: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* work;
  } catch (error) {
    throw placed(error, placeOf);
  }
}

/**
 * Runs work on rows that are a part of a table. Its errors name the place of a row in its file, and no row of
 * the part.
 */
export function namingPlacesOfPart<T>(placeOf: PlaceOf, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const problem = problemOf(error);
    if (problem?.where.row === undefined) throw error;
    const { where, ...rest } = inPlace(problem, placeOf);
    const { row: _, ...others } = where;
    throw withProblem(error as Error, { ...rest, where: others });
  }
}

function placed(error: unknown, placeOf: PlaceOf | undefined): unknown {
  if (error instanceof TableError) {
    return new TableError(error.findings.map((one) => ({ ...one, problem: inPlace(one.problem, placeOf) })));
  }
  const problem = problemOf(error);
  if (problem === undefined) return error;
  const named = inPlace(problem, placeOf);
  return named === problem ? error : withProblem(error as Error, named);
}
