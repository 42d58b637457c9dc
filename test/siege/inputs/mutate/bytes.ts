import type { Random } from "../../../fuzz/random.ts";

/** Byte strings that readers trip over. */
const pieces: readonly (readonly number[])[] = [
  [0],
  [0, 0, 0, 0],
  [0xff],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0, 0, 0, 0x80],
  [0, 0, 0, 0, 0, 0, 0x20, 0],
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0x80],
  [0x1b, 0x5b, 0x32, 0x4a],
  [0xc2, 0x9b, 0x32, 0x4a],
  [0xe2, 0x80, 0xae],
  [0x0d],
  [0x0a],
  [0x1a],
];

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A place in the bytes: half of the time near the beginning or the end, where formats have heads. */
function place(length: number, random: Random): number {
  const near = Math.min(length, 64);
  if (random.chance(0.25)) return random.int(0, near);
  if (random.chance(0.33)) return length - random.int(0, near);
  return random.int(0, length);
}

export function flipBits(bytes: Uint8Array, count: number, random: Random): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  for (let i = 0; i < count && bytes.length > 0; i++) {
    flipped[Math.min(bytes.length - 1, place(bytes.length, random))] ^= 1 << random.int(0, 7);
  }
  return flipped;
}

/** Changes that need not know what the bytes are. */
export const byteChanges: readonly (readonly [
  name: string,
  change: (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array,
])[] = [
  [
    "a piece put in",
    (bytes, random) => {
      const at = place(bytes.length, random);
      return joined(bytes.subarray(0, at), random.pick(pieces), bytes.subarray(at));
    },
  ],
  [
    "a piece written over",
    (bytes, random) => {
      const [at, piece] = [place(bytes.length, random), random.pick(pieces)];
      return joined(bytes.subarray(0, at), piece, bytes.subarray(at + piece.length));
    },
  ],
  [
    "a piece left out",
    (bytes, random) => {
      const at = place(bytes.length, random);
      return joined(bytes.subarray(0, at), bytes.subarray(at + random.int(1, 40)));
    },
  ],
  [
    "a piece doubled",
    (bytes, random) => {
      const [at, length] = [place(bytes.length, random), random.int(1, 200)];
      const piece = bytes.subarray(at, at + length);
      const times = random.chance(0.9) ? random.int(1, 4) : 300;
      return joined(bytes.subarray(0, at), ...Array.from({ length: times }, () => piece), bytes.subarray(at));
    },
  ],
  [
    "spliced with another",
    (bytes, random, other) =>
      joined(bytes.subarray(0, place(bytes.length, random)), other.subarray(place(other.length, random))),
  ],
  ["noise", (_, random) => Uint8Array.from({ length: random.int(0, 300) }, () => random.int(0, 255))],
  [
    "noise behind its beginning",
    (bytes, random) =>
      joined(
        bytes.subarray(0, random.int(0, 32)),
        Array.from({ length: random.int(0, 300) }, () => random.int(0, 255)),
      ),
  ],
];
