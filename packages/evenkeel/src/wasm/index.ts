export { type Expr, type F32, type F64, type I32, Local, type V128, type ValueType } from "./expression.ts";
export { hasRelaxedMadd } from "./features.ts";
export { FunctionBuilder, type FunctionRef, result } from "./functionBuilder.ts";
export { emitFusedGroup, type FusedGroup, laneTypeOf, whyNotFused } from "./fusedGroup.ts";
export { f32, f32x4, f64, f64x2, i8x16, i32, i32x4, v128 } from "./instructions.ts";
export * from "./kernel.ts";
export type { LaneType } from "./laneMemory.ts";
export { ModuleBuilder } from "./moduleBuilder.ts";
