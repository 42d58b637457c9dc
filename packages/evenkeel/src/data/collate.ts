import { describe, formatShape, isPlainObject, mismatch, refuse, sameShape } from "../core/index.ts";
import { isTypedArray } from "../tensor/creation/typedArrays.ts";
import { type AnyTypedArray, stack, Tensor, tensor } from "../tensor/index.ts";

/**
 * The type of a batch of `T`: tensors and typed arrays are stacked, numbers and booleans become a
 * tensor of shape [N], strings stay a list; tuples, arrays and plain objects are collated member by
 * member.
 */
export type Collated<T> = T extends Tensor | AnyTypedArray | number | boolean
  ? Tensor
  : T extends string
    ? string[]
    : T extends object
      ? { [K in keyof T]: Collated<T[K]> }
      : never;

/**
 * Makes one batch of a list of items of like structure; the batch is the new first dimension.
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.default_collate, with numbers as
 * float32.
 * @throws TypeError if an item is of a kind that cannot be collated, or items differ in kind
 * @throws RangeError if there are no items, or they differ in shape, length or keys
 */
export function defaultCollate<T>(items: readonly T[]): Collated<T> {
  if (items.length === 0) throw mismatch("wrong-value", "defaultCollate", "got no items", "at least one");
  return collate(items, "item") as Collated<T>;
}

/** `path` is the position of the values in the item, for messages. */
function collate(values: readonly unknown[], path: string): unknown {
  const first = values[0];
  requireSame(values, path, "kinds", kindOf);
  const kind = kindOf(first);
  switch (kind) {
    case "Tensor":
      return stackAlike(values as readonly Tensor[], path);
    case "typed array":
      return stackAlike(
        (values as readonly AnyTypedArray[]).map((value) => tensor(value)),
        path,
      );
    case "number":
    case "boolean":
      return tensor(values as number[] | boolean[]);
    case "string":
      return [...values];
    case "array": {
      const lists = values as readonly (readonly unknown[])[];
      requireSame(lists, path, "lengths (each element in list of batch should be of equal size)", (list) =>
        String(list.length),
      );
      return lists[0].map((_, i) =>
        collate(
          lists.map((list) => list[i]),
          `${path}[${i}]`,
        ),
      );
    }
    case "object": {
      const objects = values as readonly Record<string, unknown>[];
      requireSame(objects, path, "keys", (object) => Object.keys(object).sort().join(", "));
      const entries = Object.keys(first as object).map((key) => [
        key,
        collate(
          objects.map((object) => object[key]),
          `${path}.${key}`,
        ),
      ]);
      return Object.fromEntries(entries);
    }
    case "other":
      throw refuse(
        "wrong-type",
        "defaultCollate",
        `${path} is ${describe(first)}`,
        "a batch must contain tensors, typed arrays, numbers, booleans, strings, arrays or plain " +
          "objects; give the loader a collate function for anything else",
      );
    default:
      return kind satisfies never;
  }
}

type Kind = "Tensor" | "typed array" | "number" | "boolean" | "string" | "array" | "object" | "other";

function kindOf(value: unknown): Kind {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") {
    return typeof value as "number" | "boolean" | "string";
  }
  if (value instanceof Tensor) return "Tensor";
  if (Array.isArray(value)) return "array";
  if (isTypedArray(value)) return "typed array";
  return isPlainObject(value) ? "object" : "other";
}

function stackAlike(tensors: readonly Tensor[], path: string): Tensor {
  const odd = tensors.findIndex(({ shape }) => !sameShape(shape, tensors[0].shape));
  if (odd > 0) {
    throw refuse(
      "wrong-shape",
      "defaultCollate",
      `${path} has shape ${formatShape(tensors[0].shape)} in the first item of the batch and ` +
        `${formatShape(tensors[odd].shape)} in item ${odd}`,
      "make them alike, or give the loader a collate function",
    );
  }
  return stack(tensors, 0);
}

function requireSame<T>(values: readonly T[], path: string, what: string, of: (value: T) => string): void {
  const expected = of(values[0]);
  const odd = values.findIndex((value) => of(value) !== expected);
  if (odd < 0) return;
  throw refuse(
    what === "kinds" ? "wrong-type" : "wrong-shape",
    "defaultCollate",
    `${path} has different ${what}: ${expected} in the first item of the batch, ${of(values[odd])} in item ${odd}`,
    "make them alike, or give the loader a collate function",
  );
}
