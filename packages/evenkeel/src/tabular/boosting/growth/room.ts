import { blockBytes, pageBytes } from "../../../wasm/blocks.ts";
import { mostPages } from "../../../wasm/moduleBuilder.ts";

type ArrayType<T> = {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): T;
  new (buffer: ArrayBufferLike, address: number, length: number): T;
};

/**
 * Room for arrays that are known beforehand: one WebAssembly memory, so that compiled loops reach
 * them, or arrays of their own where they need more than 4 GiB or there is no WebAssembly.
 */
export class Room {
  /** Undefined where arrays are of their own. */
  readonly memory: WebAssembly.Memory | undefined;
  #end = 0;

  /**
   * @param bytes of each array that will be taken
   * @param compiled false for arrays of their own
   */
  constructor(bytes: readonly number[], compiled: boolean) {
    const pages = Math.ceil(bytes.reduce((sum, each) => sum + blockBytes(each), 0) / pageBytes);
    if (compiled && pages <= mostPages) this.memory = newMemory(pages);
  }

  /** An array of zeros. */
  take<T>(Type: ArrayType<T>, length: number): T {
    if (this.memory === undefined) return new Type(length);
    const address = this.#end;
    this.#end += blockBytes(length * Type.BYTES_PER_ELEMENT);
    return new Type(this.memory.buffer, address, length);
  }
}

/** Undefined if the engine refuses: what it cannot give in one piece it may give in several. */
function newMemory(initial: number): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial });
  } catch {
    return undefined;
  }
}
