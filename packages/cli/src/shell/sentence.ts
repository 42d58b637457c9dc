import { problemOf } from "evenkeel/problem";
import { said } from "./dialect.ts";
import { reasonOf } from "./files/writeAtomic.ts";

/**
 * The message of an error, spelled for the command line if it has a problem; of a file that the
 * system cannot read, the reason in words.
 */
export function sentence(error: unknown): string {
  const problem = problemOf(error);
  if (problem !== undefined) return said(problem);
  if ((error as NodeJS.ErrnoException | undefined)?.syscall !== undefined) return reasonOf(error, "read");
  return error instanceof Error ? error.message : String(error);
}
