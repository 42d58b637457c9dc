/** The whole library. */
export * from "evenkeel";
