import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import numbers from "../examples/ports/numbers.json" with { type: "json" };
import { root } from "./sources.ts";

/**
 * Every port runs as a user would run it, and prints what its torch twin printed: the same lines,
 * and in them numbers with a decimal point equal to 1e-5. All else is equal character by character:
 * rows, counts, names, and the digests of the starting weights, which are bit-equal.
 */

const run = promisify(execFile);
const folder = `${root}/examples/ports`;
const limit = 1e-5;

const decimal = /-?\d+\.\d+(?:e[+-]?\d+)?/g;
const decimals = (line: string) => Array.from(line.matchAll(decimal), ([text]) => Number(text));

/** The lines that differ from torch's by more than rounding. */
function differences(printed: readonly string[], expected: readonly string[]): string[] {
  const lines = Math.max(printed.length, expected.length);
  return Array.from({ length: lines }, (_, i) => {
    const [ours, torch] = [printed[i] ?? "(nothing)", expected[i] ?? "(nothing)"];
    const theirs = decimals(torch);
    const isLike = ours.replaceAll(decimal, "#") === torch.replaceAll(decimal, "#");
    const isNear = decimals(ours).every((value, k) => Math.abs(value - theirs[k]) <= limit * Math.abs(theirs[k]));
    return isLike && isNear ? [] : [`line ${i + 1}: "${ours}", torch has "${torch}"`];
  }).flat();
}

describe.concurrent("ports", () => {
  it.each(Object.entries(numbers))("%s prints what torch does", { timeout: 60_000 }, async (name, { printed }) => {
    const { stdout } = await run(process.execPath, ["--import", "tsx", `examples/ports/${name}.ts`], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: "0" },
      timeout: 60_000,
    });
    expect(differences(stdout.trimEnd().split("\n"), printed)).toEqual([]);
  });
});

describe("the numbers", () => {
  it("are of every port and its twin", () => {
    const names = (extension: string) =>
      readdirSync(folder)
        .filter((file) => file.endsWith(extension) && !/^(tables|make_numbers)\./.test(file))
        .map((file) => file.slice(0, -extension.length));
    expect(names(".ts")).toEqual(Object.keys(numbers));
    expect(names(".py")).toEqual(Object.keys(numbers));
  });

  it.each(Object.entries(numbers))("of %s were made by its twin as it is", (name, { twin }) => {
    const digest = createHash("sha256").update(readFileSync(`${folder}/${name}.py`));
    expect(digest.digest("hex"), "run examples/ports/make_numbers.py").toBe(twin);
  });

  it("hold a digest of the starting weights for each", () => {
    for (const [name, { printed }] of Object.entries(numbers)) {
      expect(printed.join("\n"), name).toMatch(/\bweights [0-9a-f]{12}$/m);
    }
  });
});

it("a line differs by its text, by a number past the limit, and by not being there", () => {
  const torch = ["epoch 1: loss 2.000000", "weights 1e5aa0b0c0d0", "17 of 20 right"];
  expect(differences(torch, torch)).toEqual([]);
  expect(differences([torch[0].replace("2.000000", "2.000019"), ...torch.slice(1)], torch)).toEqual([]);
  expect(differences([torch[0].replace("2.000000", "2.000021"), ...torch.slice(1)], torch)).toHaveLength(1);
  expect(differences([torch[0].replace("2.000000", "NaN"), ...torch.slice(1)], torch)).toHaveLength(1);
  expect(differences([torch[0], "weights 1e5aa0b0c0d1", "18 of 20 right"], torch)).toHaveLength(2);
  expect(differences(torch.slice(1), torch)).toHaveLength(3);
  expect(differences([...torch, "more"], torch)).toHaveLength(1);
});
