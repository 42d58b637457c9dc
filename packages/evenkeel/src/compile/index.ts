export { type Compiled, type CompileOptions, compile } from "./compile.ts";
export type { ExplainOptions, Explanation } from "./explain/explain.ts";
export { getNumThreads, setNumThreads } from "./threads/threads.ts";
export type { Tree } from "./tree.ts";
export type { Check } from "./variants/watch.ts";
