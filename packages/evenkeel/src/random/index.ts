export { defaultGenerator, getRngState, initialSeed, manualSeed, seed, setRngState } from "./defaultGenerator.ts";
export { Generator, type Seed } from "./generator.ts";
export { randperm } from "./integers.ts";
