// The rows that exchange values between ranks, apart from index.ts of ops: a page that compiles ships
// every row of that file.
export { duringDivision } from "./activeDivision.ts";
export * from "./collective.ts";
export type { Communicator, Reduction } from "./communicator.ts";
export { Division } from "./division.ts";
export { ProcessGroup, ranks, severalRanks } from "./processGroup.ts";
export * from "./rows.ts";
export * from "./startedSum.ts";
export * from "./syncBatchNorm.ts";
