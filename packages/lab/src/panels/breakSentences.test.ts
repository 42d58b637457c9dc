import { tableFromRows } from "evenkeel/tabular";
import { expect, it } from "vitest";
import { type BreakName, breaks } from "../state/breaks.ts";
import { defaultSetup } from "../state/setup.ts";
import { lint } from "../training/lint.ts";
import { prepareRows } from "../training/rows.ts";
import { Trainer } from "../training/trainer.ts";
import { recomputedInWords, saidOf } from "./breakSentences.ts";

const table = tableFromRows(
  Array.from({ length: 120 }, (_, i) => ({
    weight: 1800 + ((i * 937) % 2900),
    mpg: 60000 / (1800 + ((i * 937) % 2900)),
  })),
);

/** What the panel says of the default set-up broken so. */
function said(name: BreakName, sides: readonly ["none" | "batch", "none" | "batch"] = ["none", "batch"]) {
  const changes = breaks[name].on(defaultSetup, ["weight"]);
  const setup = { ...defaultSetup, ...changes, left: sides[0], right: sides[1] };
  const rows = prepareRows(table, "mpg", setup);
  const found = (norm: "none" | "batch") => lint(new Trainer(rows, setup, norm), setup);
  return saidOf(breaks[name], { left: found(setup.left), right: found(setup.right) }, rows.findings);
}

it("is the linter's or the table's sentence for each of what they have a rule for", () => {
  expect(said("smallBatch").text).toMatch(/^With batches of 2 rows its outputs are .* times as large in training/);
  expect(said("momentum").text).toMatch(/^With a momentum of 0.001 it takes .* steps to forget/);
  expect(said("dropoutFirst").by).toBe("The linter, warning dropout-before-norm, right network, layers.2");
  expect(said("bias").cure).toMatch(/bias: false/);
  expect(said("bias", ["batch", "none"]).by).toContain("left network");
  expect(said("constant").by).toMatch(/^The check of the table, (note|warning) constant/);
  expect(said("constant").text).toContain("always 1");
});

it("is the panel's own where nothing has a rule", () => {
  for (const name of ["million", "rate"] as const) expect(said(name)).toEqual({ by: "", text: breaks[name].unnamed });
  expect(said("momentum", ["none", "none"])).toEqual({ by: "", text: breaks.momentum.unnamed });
});

it("tells what recomputing did, in the target's unit or as a share", () => {
  const recomputed = { step: 2000, rows: 254, before: 4.0512, after: 2.3 };
  expect(recomputedInWords("right", recomputed, false)).toBe(
    "Right, step 2,000: held-out error in eval mode 4.05 with the running statistics, 2.30 with those of all 254 training rows: lower.",
  );
  expect(recomputedInWords("left", { ...recomputed, before: 0.031, after: 0.0312 }, true)).toMatch(
    /3\.1% .* 3\.1% .*higher\.$/,
  );
  expect(recomputedInWords("left", { ...recomputed, after: 4.06 }, false)).toMatch(/: as before\.$/);
});
