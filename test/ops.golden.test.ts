import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { decode, load } from "./goldens/golden.ts";
import { type Args, opCall } from "./goldens/opCalls.ts";
import { byCall, type OpCase, runCase, testCases } from "./goldens/opCases.ts";

/**
 * Every op of torch's that we have: values, gradients, and a rounding error no larger than torch's
 * own.
 */

const families = readdirSync(new URL("goldens/ops", import.meta.url)).map((file) => `ops/${file}`);
const cases = [...families, "norms.json"].flatMap((file) => load<{ cases: OpCase<Args>[] }>(file).cases);

/** What cannot be compiled, and why. */
const refused: Readonly<Record<string, string>> = {
  at_mask: "has as many results as the mask holds",
  masked_select: "has as many results as the mask holds",
  nonzero: "has as many results as there are values that are not 0",
  nonzero_tuple: "has as many results as there are values that are not 0",
  one_hot_counted: "has as many columns as the largest class asks for",
  set_mask: "takes as many values as the mask holds",
};

/** A mask that is written as a list is known while a step is traced. */
testCases(cases, opCall, ({ call, name }) => (name.includes("at=[[true") ? undefined : refused[call]));

const cased = byCall(cases);
it.each([...cased.get("linspace")!, ...cased.get("arange")!])("$name: to the bit", (one) => {
  const [golden] = one.outputs;
  const { data, dtype } = runCase(one, opCall, "eager").outputs[0];
  expect([dtype, [...data]]).toEqual([golden.dtype, [...decode(golden).data]]);
});
