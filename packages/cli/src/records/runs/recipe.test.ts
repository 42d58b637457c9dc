import { expect, it } from "vitest";
import type { Run } from "./readRun.ts";
import { readFlagsOf, trainOptionsOf } from "./recipe.ts";

const runWith = (options: unknown, read: unknown = {}) =>
  ({ path: "runs/a", config: { recipe: { source: "mpg", read, options, fingerprint: "0" } } }) as unknown as Run;

it("gives back the options and the flags that a run was asked for with", () => {
  const options = { target: "mpg", epochs: 3, patience: false, network: { hidden: [8] }, optimizer: "sgd" };
  const read = { sampleSeed: 4, columns: ["mpg"], header: true };
  expect(trainOptionsOf(runWith(options, read))).toEqual(options);
  // A record without a list of files lets its query read none.
  expect(readFlagsOf(runWith(options, read))).toEqual({ ...read, sources: [] });
  expect(readFlagsOf(runWith(options))).toEqual({ sampleSeed: 0, sources: [] });
  expect(readFlagsOf(runWith(options, { trustSql: true }))).not.toHaveProperty("trustSql");
});

it.each<[string, unknown, unknown, RegExp]>([
  ["a number", { target: "mpg", epochs: "3" }, {}, /config\.json: recipe\.options\.epochs: .*number/],
  [
    "one of several",
    { target: "mpg", optimizer: "adamx" },
    {},
    /recipe\.options\.optimizer: expected one of adam, adamw, sgd/,
  ],
  ["an object", { target: "mpg", network: 3 }, {}, /recipe\.options\.network: /],
  ["the target", {}, {}, /recipe\.options\.target: /],
  [
    "a file that a query reads",
    { target: "mpg" },
    { sources: [{ name: "a" }] },
    /recipe\.read\.sources\.0\.sha256: Invalid input: expected string, and it is missing/,
  ],
  ["a flag", { target: "mpg" }, { limit: -1 }, /recipe\.read\.limit: /],
])("names the file and the key of %s that is damaged", (_, options, read, message) => {
  const run = runWith(options, read);
  expect(() => [readFlagsOf(run), trainOptionsOf(run)]).toThrow(message);
});
