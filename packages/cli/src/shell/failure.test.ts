import { formatProblem, type ProblemCode } from "evenkeel";
import picocolors from "picocolors";
import { expect, test } from "vitest";
import { misuse } from "./errors.ts";
import { failureOf, helpHint } from "./failure.ts";

const colors = picocolors.createColors(false);
const failed = (error: unknown, signal?: AbortSignal) => failureOf(error, colors, signal);

test("what was typed wrongly: a message, the hint, and exit code 2", () => {
  const error = misuse("conflict", "--a and --b exclude each other", "leave one out");
  expect(failed(error)).toEqual({
    exitCode: 2,
    text: `error: --a and --b exclude each other; leave one out\n${helpHint}\n`,
  });
  expect(error.message).toBe(formatProblem(error.problem));
});

test.each<ProblemCode>(["not-finite", "wrong-state"])("%s is nobody's mistake: exit code 1, no hint", (code) => {
  expect(failed(misuse(code, "no space is left"))).toEqual({ exitCode: 1, text: "error: no space is left\n" });
});

test("a fault of the program comes with its stack, and that of its cause", () => {
  const { exitCode, text } = failed(new Error("the training failed", { cause: new RangeError("row 7") }));
  expect(exitCode).toBe(1);
  expect(text).toMatch(/^Error: the training failed\n {4}at [\s\S]*\[cause\]: RangeError: row 7\n +at /);
});

test("an interrupt is one, an error beside it is not", () => {
  const signal = AbortSignal.abort();
  expect(failed(signal.reason, signal)).toEqual({ exitCode: 130, text: "Interrupted.\n" });
  expect(failed(misuse("conflict", "no"), signal).exitCode).toBe(2);
  expect(failed(signal.reason).exitCode).toBe(1);
});

test("a message without an end has one", () => {
  const { text } = failed(misuse("wrong-value", `no file is called ${"a".repeat(70_000)}`));
  expect(text).toBe(`error: ${"no file is called ".padEnd(4000, "a")}…\n${helpHint}\n`);
});

test("several lines stay several, and nothing in them reaches the terminal", () => {
  expect(failed(misuse("wrong-value", "two errors:\n\tone\u001b[2J\n\ttwo")).text).toBe(
    `error: two errors:\n  one\ufffd[2J\n  two\n${helpHint}\n`,
  );
});
