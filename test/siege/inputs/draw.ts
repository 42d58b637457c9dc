import { Random } from "../../fuzz/random.ts";
import { changed } from "./mutate/change.ts";
import type { Input, Reader, Seed } from "./reader.ts";

/** The reader of the input that a seed stands for. */
export function drawReader(seed: number, readers: readonly Reader[]): Reader {
  return new Random(seed ^ 0x5bd1e995).weighted(readers.map((reader) => [reader.weight, reader] as const));
}

/** The input that a seed stands for. */
export function drawInput(seed: number, reader: Reader, seeds: readonly Seed[]): Input {
  const random = new Random(seed);
  const one = random.pick(seeds);
  if (reader.grammar === undefined || one.gzip || !random.chance(0.3)) return changed(one, seeds, random);
  const bytes = Buffer.from(reader.grammar(random)).subarray(0, 1_000_000);
  return { seed: one, bytes, how: `${one.name}: by the grammar`, truncated: false, flippedBits: 0 };
}
