import { Generator, type Seed, unpredictableSeed } from "./generator.ts";

/**
 * The generator of every random call that is given none. Seeded unpredictably, unless it gets a
 * seed before its first use.
 */
export const defaultGenerator: Generator = /* @__PURE__ */ Generator.seededLater(unpredictableSeed);

/**
 * Seeds the default generator and returns it: the first line of a reproducible run.
 * https://pytorch.org/docs/stable/generated/torch.manual_seed.html
 * @throws as `Generator.manualSeed`
 */
export function manualSeed(seed: Seed): Generator {
  return defaultGenerator.manualSeed(seed);
}

/** Seeds the default generator unpredictably and returns the seed. */
export function seed(): bigint {
  return defaultGenerator.seed();
}

/** The seed of the default generator, as 64 unsigned bits. */
export function initialSeed(): bigint {
  return defaultGenerator.initialSeed();
}

/** A copy of the state of the default generator: 5056 bytes, PyTorch's layout. */
export function getRngState(): Uint8Array {
  return defaultGenerator.getState();
}

/**
 * Continues the default generator from a state of `getRngState`.
 * @throws as `Generator.setState`
 */
export function setRngState(state: Uint8Array): void {
  defaultGenerator.setState(state);
}
