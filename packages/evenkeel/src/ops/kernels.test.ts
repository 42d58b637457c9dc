import { describe, expect, it } from "vitest";
import { type AnyOp, defineOp, notDifferentiable } from "../core/index.ts";
import * as files from "./kernelFiles.ts";
import { kernelOf } from "./kernels.ts";
import { table } from "./table.ts";

describe("kernelOf", () => {
  const exported: Readonly<Record<string, unknown>> = files;

  it("finds the kernel of every row", () => {
    const rows = Object.entries(table);
    expect(rows.length).toBeGreaterThan(150);
    for (const [name, row] of rows) expect(kernelOf(row), name).toBe(exported[`${name}Kernel`]);
  });

  it("finds none for an op that is not in the table, whatever its name", () => {
    const opNamed = (name: string): AnyOp =>
      defineOp({
        name,
        inputs: ["input"],
        shape: ([x]) => [x],
        reference: () => {},
        grad: notDifferentiable("nobody asks"),
      });
    for (const name of ["add", "variance", "toString", "mine"]) {
      expect(kernelOf(opNamed(name)), name).toMatchObject({ kind: "none", why: "the op is not in the table" });
    }
  });
});
