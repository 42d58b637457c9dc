import { type Check, passes } from "evenkeel/problem";
import { z } from "zod";
import { formats } from "../tables/formats/format.ts";

const count = z.int().nonnegative();
const names = z.array(z.string());

/** A number, which may be NaN: JSON has none, it was written as null. */
export const figure = z.union([z.number(), z.null().transform(() => Number.NaN)]);

/** The flags that a table was read with. */
export const tableFlagsSchema = z.object({
  sql: z.string().optional(),
  columns: names.optional(),
  limit: count.optional(),
  sample: count.optional(),
  sampleSeed: z.number().default(0),
  format: z.enum(formats).optional(),
  delimiter: z.string().optional(),
  header: z.boolean().optional(),
  null: names.optional(),
  encoding: z.string().optional(),
  parts: z.object({ validation: z.string().optional(), test: z.string().optional() }).optional(),
});

/**
 * Options, each by its own check, as the library declares it.
 * @typeParam T - the type of the options that are declared
 */
export function declaredSchema<T>(options: Readonly<Record<string, object>>): z.ZodType<T> {
  const shape = Object.entries(options).map(([name, declared]) => {
    const { check } = declared as { readonly check: Check };
    const value = z.custom((given) => passes(given, check), `expected ${check.expected}`);
    return [name, "required" in declared ? value : value.optional()];
  });
  // An option's check is what its type is made of.
  return z.looseObject(Object.fromEntries(shape)) as unknown as z.ZodType<T>;
}

/**
 * What is wrong first, with the key that it lies under: "options.epochs: expected a whole number".
 */
export function firstIssue({ issues: [{ path, message }] }: z.ZodError, under: readonly string[] = []): string {
  const key = [...under, ...path].join(".");
  return key === "" ? message : `${key}: ${message}`;
}
