import { UsageError } from "../../shell/usageError.ts";

/** Values that commander lets through, and the library refuses, are mistakes of the one who typed. */
export function usage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message.replace(/^\w+: /, ""), { cause: error });
  }
}
