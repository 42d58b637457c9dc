import { formatProblem } from "evenkeel/problem";
import type { Finding } from "evenkeel/tabular";

/** What was found, without the cure: it names an option of code, which the page does not have. */
export function findingText({ message, problem }: Finding): string {
  return problem === undefined ? message : formatProblem({ ...problem, cure: undefined });
}
