export * from "./apply.ts";
export * from "./defineOp.ts";
export * from "./dtype.ts";
export * from "./op.ts";
export * from "./options.ts";
export * from "./shape.ts";
export * from "./version.ts";
export * from "./warn.ts";
