export { fillBernoulli, fillBernoulliEach, fillDropoutMask } from "./bernoulli.ts";
export { defaultGenerator, getRngState, initialSeed, manualSeed, seed, setRngState } from "./defaultGenerator.ts";
export { Generator, type Seed } from "./generator.ts";
export { drawInt64, fillRandint, randperm } from "./integers.ts";
export { stateLength } from "./mersenneTwister.ts";
export { fillNormal } from "./normal.ts";
export { fillUniform, uniformFloat64 } from "./uniform.ts";
