import { type ArrayOf, type DType, dtypeOf, refuse, type TypedArray, wrongState } from "../../core/index.ts";
import { alignment, blockBytes, pageBytes } from "../../wasm/blocks.ts";
import { mostPages } from "../../wasm/moduleBuilder.ts";

/** An owner of an array that can live here: a tensor's storage, a generator's words. */
interface Resident {
  data: TypedArray;
}

/**
 * The one memory of all compiled programs, with a first-fit allocator. The tensors a program refers
 * to (parameters, statistics, moments) move here, so that programs share them and nothing is copied
 * at a step.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly isShared: boolean;
  /** Free blocks by address: [address, bytes]. Address 0 is never used: it means no address. */
  readonly #free: [number, number][] = [[alignment, 4 * pageBytes - alignment]];
  readonly #blocks = new Map<number, number>();
  /** Storages that live here. Weak: a tensor is released with its last user. */
  readonly #residents = new Map<number, WeakRef<Resident>>();
  readonly #addresses = new WeakMap<Resident, number>();
  /**
   * A block is freed when its array is garbage-collected, which a caller of `tensor.data` prevents.
   */
  readonly #released = new FinalizationRegistry<number>((address) => this.release(address));

  /** @param isShared whether threads are to see it: its arrays are then over a SharedArrayBuffer */
  constructor(isShared = false) {
    this.isShared = isShared;
    this.memory = new WebAssembly.Memory({ initial: 4, ...(isShared && { maximum: mostPages, shared: true }) });
  }

  /** A block of at least `bytes`, zeroed. */
  allocate(bytes: number): number {
    const size = blockBytes(bytes);
    let index = this.#free.findIndex(([, available]) => available >= size);
    if (index < 0) {
      this.#grow(size);
      index = this.#free.length - 1;
    }
    const [address, available] = this.#free[index];
    if (available === size) this.#free.splice(index, 1);
    else this.#free[index] = [address + size, available - size];
    this.#blocks.set(address, size);
    new Uint8Array(this.memory.buffer, address, size).fill(0);
    return address;
  }

  release(address: number): void {
    const size = this.#blocks.get(address);
    if (size === undefined) return;
    this.#blocks.delete(address);
    this.#residents.delete(address);
    this.#putBack(address, size);
  }

  releaseAll(addresses: readonly number[]): void {
    for (const address of addresses) this.release(address);
  }

  /** Adds a free block, merged with adjacent ones. */
  #putBack(address: number, size: number): void {
    const free = this.#free;
    // The first free block after it, by binary search.
    let [low, high] = [0, free.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (free[middle][0] < address) low = middle + 1;
      else high = middle;
    }
    const [before, behind] = [free[low - 1], free[low]];
    const touchesBefore = before !== undefined && before[0] + before[1] === address;
    const touchesBehind = behind !== undefined && address + size === behind[0];
    if (touchesBefore) before[1] += touchesBehind ? size + behind[1] : size;
    if (touchesBehind) {
      if (touchesBefore) free.splice(low, 1);
      else free[low] = [address, size + behind[1]];
    } else if (!touchesBefore) free.splice(low, 0, [address, size]);
  }

  /** Bytes in use. */
  get used(): number {
    return [...this.#blocks.values()].reduce((total, bytes) => total + bytes, 0);
  }

  /**
   * Moves a storage here, unless it is already, and returns its address. Its contents and version
   * stay.
   */
  adopt(storage: Resident): number {
    this.adoptTogether([storage]);
    return this.#addresses.get(storage) as number;
  }

  /** Moves storages to adjacent blocks here; those that are here already stay. */
  adoptTogether(storages: readonly Resident[]): void {
    const moving = [...new Set(storages)].filter((storage) => !this.#addresses.has(storage));
    if (moving.length === 0) return;
    const sizes = moving.map(({ data }) => blockBytes(data.byteLength));
    let address = this.allocate(sizes.reduce((total, size) => total + size, 0));
    for (const [i, storage] of moving.entries()) {
      this.#blocks.set(address, sizes[i]);
      this.#move(storage, address);
      address += sizes[i];
    }
  }

  #move(storage: Resident, address: number): void {
    const { data } = storage;
    storage.data = this.view(dtypeOf(data), address, data.length);
    storage.data.set(data);
    this.#addresses.set(storage, address);
    this.#residents.set(address, new WeakRef(storage));
    this.#released.register(storage.data, address, storage);
  }

  /** The array at an address. Valid until the memory grows: do not keep it. */
  view<D extends DType>(dtype: D, address: number, length: number): ArrayOf[D] {
    const { buffer } = this.memory;
    const make: { readonly [K in DType]: () => ArrayOf[K] } = {
      float32: () => new Float32Array(buffer, address, length),
      float64: () => new Float64Array(buffer, address, length),
      int32: () => new Int32Array(buffer, address, length),
      bool: () => new Uint8Array(buffer, address, length),
    };
    return make[dtype]();
  }

  /** Growing detaches every array over the memory: those of resident storages are recreated. */
  #grow(bytes: number): void {
    const before = this.memory.buffer.byteLength;
    // At least by half, so that a series of programs does not grow it a page at a time.
    const pages = Math.ceil(Math.max(bytes, before / 2) / pageBytes);
    const shapes = [...this.#residents].flatMap(([address, reference]) => {
      const storage = reference.deref();
      return storage === undefined
        ? []
        : [{ address, storage, dtype: dtypeOf(storage.data), length: storage.data.length }];
    });
    try {
      this.memory.grow(pages);
    } catch {
      throw refuse(
        "too-large",
        "compile",
        `no memory for another ${bytes} bytes (WebAssembly memory has ${before})`,
        "use smaller batches, or compile: false",
      );
    }
    for (const { address, storage, dtype, length } of shapes) {
      this.#released.unregister(storage);
      storage.data = this.view(dtype, address, length);
      this.#released.register(storage.data, address, storage);
    }
    this.#putBack(before, pages * pageBytes);
  }
}

let only: Heap | undefined;
let willBeShared = false;

/** The heap, made when the first program is. */
export function heap(): Heap {
  only ??= new Heap(willBeShared);
  return only;
}

/** Lets threads share the heap; it cannot be moved, so this must come before the first program. */
export function shareHeap(): void {
  if (only !== undefined && !only.isShared) {
    throw wrongState(
      "setNumThreads",
      "a step was compiled before, and its memory cannot be shared with threads any more",
      "call it before the first compiled step runs",
    );
  }
  willBeShared = true;
}
