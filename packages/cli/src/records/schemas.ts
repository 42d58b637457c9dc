import { type Check, passes } from "evenkeel/problem";
import { z } from "zod";
import { formats } from "../tables/formats/format.ts";

// JSON has no undefined: the key is not there.
z.config({
  customError: ({ code, input, ...issue }) =>
    code === "invalid_type" && input === undefined
      ? `Invalid input: expected ${issue.expected}, and it is missing`
      : undefined,
});

const count = z.int().nonnegative();
const names = z.array(z.string());

/** A number that may be NaN: JSON has no NaN, so it is written as null. */
export const figure = z.union([z.number(), z.null().transform(() => Number.NaN)]);

/**
 * An object that JSON.parse made, as it is. Its keys may be names of the user's, and z.record
 * leaves "__proto__" out.
 */
export const jsonObject = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);

/** The flags that a table was read with. */
export const tableFlagsSchema = z.object({
  sql: z.string().optional(),
  // Without a list a recorded query reads no files.
  sources: z.array(z.object({ name: z.string(), sha256: z.string() })).default([]),
  columns: names.optional(),
  limit: count.optional(),
  sample: count.optional(),
  sampleSeed: z.number().default(0),
  format: z.enum(formats).optional(),
  delimiter: z.string().optional(),
  header: z.boolean().optional(),
  headerRows: count.optional(),
  skip: count.optional(),
  units: z.boolean().optional(),
  skipFooter: count.optional(),
  encoding: z.string().optional(),
  maxUnpacked: z.int().positive().optional(),
  maxColumns: z.int().positive().optional(),
  maxRecord: z.int().positive().optional(),
  shards: z
    .object({ memory: z.int().positive(), window: z.int().positive().optional(), heldRows: z.int().nonnegative() })
    .optional(),
  parts: z.object({ validation: z.string().optional(), test: z.string().optional() }).optional(),
});

/**
 * The schema of options, each with the check that the library declares.
 * @typeParam T - the type of the declared options
 */
export function declaredSchema<T>(options: Readonly<Record<string, object>>): z.ZodType<T> {
  const shape = Object.entries(options).map(([name, declared]) => {
    const { check } = declared as { readonly check: Check };
    const value = z.custom((given) => passes(given, check), `expected ${check.expected}`);
    return [name, "required" in declared ? value : value.optional()];
  });
  // T is derived from the same checks.
  return z.looseObject(Object.fromEntries(shape)) as unknown as z.ZodType<T>;
}

/**
 * For the option `error` of a parse. JSON has no undefined: where a value is undefined, the key is
 * missing.
 */
export const sayMissing: z.core.$ZodErrorMap = (issue) =>
  issue.code === "invalid_type" && issue.input === undefined
    ? `Invalid input: expected ${issue.expected}, and it is missing`
    : undefined;

/** The first issue, with its key: "options.epochs: expected a whole number". */
export function firstIssue({ issues: [{ path, message }] }: z.ZodError, under: readonly string[] = []): string {
  const key = [...under, ...path].join(".");
  return key === "" ? message : `${key}: ${message}`;
}
