import { cat, type DType, full, type Tensor, tensor, where } from "evenkeel";
import { describe, expect, it } from "vitest";
import { load } from "./goldens/golden.ts";

/**
 * Dtypes of results, for every pair of dtypes, with and without dimensions, and for plain numbers:
 * as torch promotes.
 */

interface Operand {
  readonly dtype: DType;
  readonly dimensions: number;
}

interface Golden {
  readonly types: readonly { readonly left: Operand; readonly right: Operand | number; readonly dtype: DType }[];
  readonly ops: readonly {
    readonly op: string;
    readonly left: DType;
    readonly right: DType;
    /** Null where torch refuses the pair. */
    readonly dtype: DType | null;
    readonly values?: readonly number[];
  }[];
}

const golden = load<Golden>("promotion.json");

const operand = ({ dtype, dimensions }: Operand, value = 1) =>
  full(new Array<number>(dimensions).fill(1), value, { dtype });
const name = (of: Operand | number) => (typeof of === "number" ? `${of}` : `${of.dtype} ${of.dimensions}-d`);

describe("promotion", () => {
  it.each(golden.types.map((row) => [name(row.left), name(row.right), row] as const))("%s with %s", (_, __, row) => {
    const left = operand(row.left);
    const right = typeof row.right === "number" ? row.right : operand(row.right);
    expect(left.mul(right).dtype).toBe(row.dtype);
    expect(left.maximum(right).dtype).toBe(row.dtype);
    const condition = tensor([true, false]);
    expect(where(condition, left, right).dtype).toBe(row.dtype);
    expect(where(condition, right, left).dtype).toBe(row.dtype);
    expect(left.eq(right).dtype).toBe("bool");
    // True division alone leaves the integers.
    expect(left.div(right).dtype).toBe(["int32", "bool"].includes(row.dtype) ? "float32" : row.dtype);
  });
});

/** The operations of make_promotion.py that are not methods of the same name. */
const functions: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  where: (a, b) => where(tensor([true]), a, b),
  cat: (a, b) => cat([a, b]),
};

describe("operations on 3 and 2 (true and true)", () => {
  it.each(golden.ops.map((row) => [row.op, row.left, row.right, row] as const))("%s %s %s", (op, left, right, row) => {
    const run = () => {
      const [a, b] = [operand({ dtype: left, dimensions: 1 }, 3), operand({ dtype: right, dimensions: 1 }, 2)];
      return functions[op]?.(a, b) ?? (a[op as keyof Tensor] as (other: Tensor) => Tensor).call(a, b);
    };
    if (row.dtype === null) {
      expect(run).toThrow(TypeError);
      return;
    }
    const result = run();
    expect(result.dtype).toBe(row.dtype);
    expect(Array.from(result.data)).toEqual(
      row.values?.map((value) => (row.dtype === "float32" ? Math.fround(value) : value)),
    );
  });
});
