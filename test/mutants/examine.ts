import { type Outcome, runTests } from "./runTests.ts";
import type { Scratch } from "./scratch.ts";
import type { Tests } from "./testsOf.ts";

export interface Verdict {
  /** timeout: the time was up, because a test hangs or because there are too many. */
  readonly status: "killed" | "survived" | "timeout";
  /** The test that saw it. */
  readonly by?: string;
  /** How many test files ran, and of how many. */
  readonly ran: number;
  readonly of: number;
}

/** Test files that vitest is given at once, nearest first. */
const together = 8;

/** Which tests pass without a mutant: one that fails anyway kills nothing. */
export class Soundness {
  readonly #known = new Map<string, boolean>();
  readonly #scratch: Scratch;
  readonly #milliseconds: number;

  constructor(scratch: Scratch, milliseconds: number) {
    this.#scratch = scratch;
    this.#milliseconds = milliseconds;
  }

  mayBe(file: string): boolean {
    return this.#known.get(file) ?? true;
  }

  async holds(file: string): Promise<boolean> {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    const { status } = await runTests(this.#scratch.folder, [file], this.#milliseconds);
    const passes = status === "passed";
    if (!passes) console.error(`${file} does not pass without a mutant either (${status}): it counts for nothing`);
    this.#known.set(file, passes);
    return passes;
  }
}

/**
 * Plants a text, and runs the tests beside the file, then those that import it, until one fails or
 * the time is up.
 */
export async function examine(
  scratch: Scratch,
  path: string,
  text: string,
  tests: Tests,
  soundness: Soundness,
  milliseconds: number,
): Promise<Verdict> {
  const groups = [tests.beside, ...chunks(tests.importing)];
  const of = tests.beside.length + tests.importing.length;
  const end = performance.now() + milliseconds;
  let ran = 0;
  for (const group of groups) {
    for (;;) {
      const files = group.filter((file) => soundness.mayBe(file));
      if (files.length === 0) break;
      const left = end - performance.now();
      const outcome: Outcome =
        left <= 0 ? { status: "timeout" } : await scratch.with(path, text, () => runTests(scratch.folder, files, left));
      if (outcome.status === "timeout") return { status: "timeout", ran, of };
      if (outcome.status === "passed") break;
      const { file, test } = outcome;
      if (!files.includes(file) || (await soundness.holds(file))) {
        return { status: "killed", by: `${file} > ${test}`, ran: ran + files.length, of };
      }
    }
    ran += group.length;
  }
  return { status: "survived", ran, of };
}

function chunks(files: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(files.length / together) }, (_, i) =>
    files.slice(i * together, (i + 1) * together),
  );
}
