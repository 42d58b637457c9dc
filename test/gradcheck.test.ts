import { gradcheck, gradgradcheck, type Tensor } from "evenkeel";
import { describe, expect, it } from "vitest";
import { apply, isDifferentiable } from "../packages/evenkeel/src/core/index.ts";
import { type RowName, table } from "../packages/evenkeel/src/ops/table.ts";
import { gradCases } from "./gradcheck/index.ts";

// Every row of the table, by first and second derivative, against finite differences in float64.
// The record of cases is exhaustive by type; this catches a row that says it is differentiable and
// has no case.
for (const [name, row] of Object.entries(table)) {
  const cases = gradCases[name as RowName];
  const differentiable = isDifferentiable(row);

  describe(name, () => {
    it(`is ${differentiable ? "" : "not "}differentiable, and has ${differentiable ? "" : "no "}cases`, () => {
      expect(cases !== null && cases !== undefined && cases.length > 0).toBe(differentiable);
    });
    for (const { name: title, inputs, attrs } of cases ?? []) {
      const call = (...values: Tensor[]) => apply(row, values, attrs ?? {}) as Tensor[];
      const differentiated = (...values: Tensor[]) => call(...values).filter((y) => y.requiresGrad);
      it(`gradcheck ${title}`, () => expect(gradcheck(differentiated, inputs)).toBe(true));
      it(`gradgradcheck ${title}`, () => expect(gradgradcheck(differentiated, inputs)).toBe(true));
    }
  });
}
