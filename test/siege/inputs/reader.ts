import type { Random } from "../../fuzz/random.ts";
import type { World } from "./world.ts";

/** What a valid input is, which says in what ways it can be changed. */
export type Kind = "text" | "json" | "lines" | "safetensors" | "binary";

/** A valid input of a reader. */
export interface Seed {
  /** The file that the input is put in the place of. */
  readonly name: string;
  readonly kind: Kind;
  readonly bytes: Uint8Array;
  /** Whether it is packed by gzip: it is then changed inside or outside of that. */
  readonly gzip?: boolean;
  /**
   * Whether the format can tell that its end is missing: a truncated input is then refused, or gives
   * what the whole one gives.
   */
  readonly knowsItsEnd?: boolean;
  /** Arguments of the command, where the reader is one. */
  readonly args?: readonly string[];
}

/** What became of an input. */
export interface Reading {
  /** The exit code, or that of the error. */
  readonly code: number;
  /** What was printed, or would be. */
  readonly printed: string;
  /** What was read, in short: two readings of the same content have the same. */
  readonly value?: string | undefined;
}

/** A part of the product that reads what comes from outside. */
export interface Reader {
  readonly name: string;
  /** How often it is chosen beside others. */
  readonly weight: number;
  /** Its valid inputs; made once in each process. */
  readonly seeds: (world: World) => readonly Seed[] | Promise<readonly Seed[]>;
  /** @returns what was read, in short; errors of the reader are thrown */
  readonly read: (bytes: Uint8Array, seed: Seed, world: World) => ReadResult | Promise<ReadResult>;
  /** Inputs that a grammar makes, beside those that are changed. */
  readonly grammar?: (random: Random) => string;
  /** Whether messages may repeat the input: a person typed it. */
  readonly echoes?: boolean;
  /** Whether a single bit may not change which arrays there are: `value` says them. */
  readonly keepsShapes?: boolean;
}

/** What was read, in short; or what a command printed. */
export type ReadResult = string | Reading | undefined;

/** An input to read. */
export interface Input {
  readonly seed: Seed;
  readonly bytes: Uint8Array;
  /** What was done to the valid input. */
  readonly how: string;
  /** Whether only its end is missing, and the format can tell. */
  readonly truncated: boolean;
  readonly flippedBits: number;
}
