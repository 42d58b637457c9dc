export type { DType, Shape, TypedArray } from "./core/index.ts";
export * from "./tensor/index.ts";
