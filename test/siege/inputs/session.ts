import { rmSync } from "node:fs";
import picocolors from "picocolors";
import { failureOf } from "../../../packages/cli/src/shell/failure.ts";
import { costFault, fault } from "./judge.ts";
import { type Cost, measure } from "./measure.ts";
import type { Input, Reader, Reading, Seed } from "./reader.ts";
import { makeWorld, type World } from "./world.ts";

const plain = picocolors.createColors(false);

/** What came of one input. */
export interface Outcome {
  readonly reading: Reading;
  readonly cost: Cost;
  readonly fault?: string;
}

/** A process that reads inputs. */
export class Session {
  readonly #world: World;
  readonly #seeds = new Map<Reader, readonly Seed[]>();
  /** What valid inputs give. */
  readonly #whole = new Map<Seed, string | undefined>();

  private constructor(world: World) {
    this.#world = world;
  }

  static async open(): Promise<Session> {
    return new Session(await makeWorld());
  }

  /** The valid inputs of a reader, which it reads once: they must be valid, and what they need is then loaded. */
  async seeds(reader: Reader): Promise<readonly Seed[]> {
    const known = this.#seeds.get(reader);
    if (known !== undefined) return known;
    const seeds = await reader.seeds(this.#world);
    this.#seeds.set(reader, seeds);
    for (const seed of seeds) {
      const { code, value, printed } = await this.#read(reader, seed.bytes, seed);
      if (code !== 0 && reader.name !== "arguments") {
        throw new Error(`${reader.name} refuses the valid ${seed.name} (${seed.args}): ${printed}`);
      }
      this.#whole.set(seed, value);
    }
    return seeds;
  }

  async take(reader: Reader, input: Input): Promise<Outcome> {
    const end = measure();
    const reading = await this.#read(reader, input.bytes, input.seed);
    const cost = end();
    const wrong = fault(reader, input, reading, this.#whole.get(input.seed)) ?? costFault(input, cost);
    return { reading, cost, ...(wrong !== undefined && { fault: wrong }) };
  }

  /** Errors become what the command would print of them. */
  async #read(reader: Reader, bytes: Uint8Array, seed: Seed): Promise<Reading> {
    try {
      const read = await reader.read(bytes, seed, this.#world);
      return typeof read === "object" ? read : { code: 0, printed: "", value: read };
    } catch (error) {
      const { exitCode, text } = failureOf(error, plain);
      return { code: exitCode, printed: text };
    }
  }

  close(): void {
    rmSync(this.#world.cwd, { recursive: true, force: true });
  }
}
