import { CommanderError } from "@commander-js/extra-typings";
import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { createCommand } from "./command.ts";

/** Runs the command with these arguments; what it wrote, and how it ended. */
async function run(args: readonly string[], signal?: AbortSignal) {
  const written = { out: "", err: "" };
  const output = {
    write: (text: string) => {
      written.out += text;
    },
    writeError: (text: string) => {
      written.err += text;
    },
    colors: picocolors.createColors(false),
  };
  try {
    await createCommand(output, signal).parseAsync([...args], { from: "user" });
    return { ...written, code: 0 };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { ...written, code: error.exitCode };
  }
}

describe("misuse is refused with a reason", () => {
  test.each<[string[], RegExp]>([
    [["--epochs", "0"], /'--epochs <n>' argument '0' is invalid. Expected a whole number from 1 to 100000/],
    [["--epochs", "ten"], /argument 'ten' is invalid/],
    [["--epochs", "1.5"], /Expected a whole number/],
    [["--seeds", "-3"], /Expected a whole number from 1/],
    [["--lr", "0"], /Expected a number above 0, such as 0.001/],
    [["--lr", "fast"], /argument 'fast' is invalid/],
    [["--lr", ""], /Expected a number above 0/],
    [["--batch-size", "1"], /Expected a whole number from 2 to 314/],
    [["--batch-size", "315"], /Expected a whole number from 2 to 314/],
    [["--target-mae", "Infinity"], /Expected a number above 0/],
    [["--threads", "0"], /Expected a whole number from 1/],
    [["--epoch", "3"], /unknown option '--epoch'[\s\S]*Did you mean --epochs\?/],
    [["--lr"], /option '--lr <rate>' argument missing/],
    [["cars.csv"], /too many arguments/],
  ])("%j", async (args, message) => {
    const { out, err, code } = await run(args);
    expect(err).toMatch(message);
    expect(err).toContain("--help lists the options");
    expect(out).toBe("");
    expect(code).toBe(2);
  });
});

test("--help lists options, defaults and examples", async () => {
  const { out, code } = await run(["--help"]);
  expect(code).toBe(0);
  for (const option of ["epochs", "seeds", "first-seed", "lr", "batch-size", "target-mae", "threads", "no-color"]) {
    expect(out).toContain(`--${option}`);
  }
  expect(out).toContain("(default: 100)");
  expect(out).toContain("npm start -- --seeds 20");
});

test("a small run from beginning to end", async () => {
  const args = ["--epochs", "2", "--seeds", "2", "--first-seed", "5", "--threads", "1", "--target-mae", "3"];
  const { out, code } = await run(args);
  expect(code).toBe(0);
  expect(out).toContain("406 rows from vega-datasets, 392 complete: 8 lack MPG, 6 horsepower.");
  expect(out).toContain("4 networks x 2 seeds on 1 thread");
  expect(out).toMatch(/^1\/2 seed 5: before \d+\.\d\d, after \d+\.\d\d \(\d+\.\d\d\), raw /m);
  expect(out).toMatch(/^2\/2 seed 6: /m);
  for (const title of [
    "Errors on the test rows",
    "Learning curves",
    "Sample predictions of seed 5",
    "What this run shows",
  ]) {
    expect(out).toContain(title);
  }
  expect(out).toMatch(/\nTook \d+\.\d s: 8 networks on 1 thread\.\n$/);
  expect(out).not.toContain("NaN");
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("an interrupt is said, with what was finished", async () => {
  const { out, code } = await run(["--epochs", "1", "--seeds", "3", "--threads", "1"], AbortSignal.abort());
  expect(code).toBe(0);
  expect(out).toContain("0 of 12 networks were trained to the end, 0 of 3 seeds with all 4.");
  expect(out).not.toContain("What this run shows");
});
