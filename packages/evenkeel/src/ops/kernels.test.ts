import { describe, expect, it } from "vitest";
import { type AnyOp, defineOp, notDifferentiable } from "../core/index.ts";
import * as collective from "./collective/index.ts";
import * as files from "./kernelFiles.ts";
import { kernelOf } from "./kernels.ts";
import { table } from "./table.ts";

describe("kernelOf", () => {
  const exported: Readonly<Record<string, unknown>> = files;

  it("finds the kernel of every row, but for those that exchange values between ranks", () => {
    const rows = Object.entries(table).filter(([name]) => !(name in collective));
    for (const name of ["allReduce", "skipDraws"] as const) expect(kernelOf(table[name]).kind).toBe("none");
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
      expect(kernelOf(opNamed(name)), name).toMatchObject({ kind: "none", why: "there is no kernel of its name" });
    }
  });
});
