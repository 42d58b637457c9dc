import { gunzipSync, gzipSync } from "node:zlib";
import type { Random } from "../../../fuzz/random.ts";
import type { Input, Kind, Seed } from "../reader.ts";
import { byteChanges, flipBits } from "./bytes.ts";
import { changeJson, changeLines } from "./json.ts";
import { changeSafetensors } from "./safetensors.ts";
import { textChanges } from "./text.ts";

type Change = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const onText =
  (change: (text: string, random: Random) => string): Change =>
  (bytes, random) =>
    new TextEncoder().encode(change(new TextDecoder().decode(bytes), random));

const ofTexts = textChanges.map(([name, change]) => [name, onText(change)] as const);
const json = ["a document changed", onText(changeJson)] as const;
const lines = ["a line changed", onText(changeLines)] as const;
const header = ["its header changed", changeSafetensors] as const;

/** The changes that know what the input is. */
const own: Readonly<Record<Kind, readonly (readonly [string, Change])[]>> = {
  text: ofTexts,
  json: [json, json, json, ...ofTexts.slice(0, 2)],
  lines: [lines, lines, ...ofTexts],
  safetensors: [header],
  binary: byteChanges.slice(0, 2),
};

/** Changes a valid input, by a few changes at most. */
export function changed(seed: Seed, seeds: readonly Seed[], random: Random): Input {
  const outside = seed.gzip === true && random.chance(0.4);
  const inside = seed.gzip === true && !outside;
  const start = inside ? gunzipSync(seed.bytes) : seed.bytes;
  const done = (bytes: Uint8Array, how: string, facts: Partial<Input> = {}): Input => ({
    seed,
    bytes: inside ? gzipSync(bytes, { level: 1 }) : bytes,
    how: `${seed.name}: ${how}`,
    truncated: false,
    flippedBits: 0,
    ...facts,
  });
  const choice = random.next();
  if (choice < 0.02) return done(start, "as it is");
  if (choice < 0.1) return done(flipBits(start, 1, random), "a bit flipped", { flippedBits: inside ? 0 : 1 });
  if (choice < 0.16) return done(flipBits(start, random.int(2, 8), random), "bits flipped");
  if (choice < 0.26) {
    const length = random.chance(0.2) ? start.length - random.int(1, 9) : random.int(0, start.length - 1);
    return done(start.subarray(0, Math.max(0, length)), "truncated", {
      truncated: seed.knowsItsEnd === true && !(inside && seed.kind === "text"),
    });
  }
  let bytes = start;
  const how: string[] = [];
  const changes = outside ? byteChanges : random.chance(0.7) ? own[seed.kind] : byteChanges;
  for (let times = random.pick([1, 1, 2, 3]); times > 0; times--) {
    const [name, change] = random.pick(changes);
    const other = random.pick(seeds).bytes;
    bytes = within(() => change(bytes, random, other), bytes);
    how.push(name);
    // Doubling what was doubled is no small input.
    if (bytes.length > 200_000) break;
  }
  return done(bytes.subarray(0, 1_000_000), how.join(", "));
}

/** What a change makes; what it got where that is nested too deep for it. */
function within(change: () => Uint8Array, bytes: Uint8Array): Uint8Array {
  try {
    return change();
  } catch (error) {
    if (error instanceof RangeError) return bytes;
    throw error;
  }
}
