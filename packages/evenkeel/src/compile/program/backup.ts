import { Generator } from "../../random/index.ts";
import type { Storage } from "../../tensor/storage.ts";
import { generatorOf, writtenBy } from "../graph.ts";
import { nodesOf } from "../memory/layout.ts";
import type { Task } from "../passes/fuse.ts";
import type { TaskCode } from "./emit.ts";

/**
 * The state that a program may have changed when one of its tasks throws: a class out of range is
 * detected after the running statistics were updated. It is copied before every run, and restored
 * if the run fails. A program that cannot throw needs no copy, and most others little: state
 * written after the last task that may throw, parameters and moments, is not copied.
 */
export class Backup {
  readonly #storages: readonly { readonly storage: Storage; readonly copy: Storage["data"] }[];
  readonly #generators: readonly { readonly generator: Generator; readonly copy: Generator }[];

  constructor(tasks: readonly Task[], code: readonly TaskCode[]) {
    const last = code.findLastIndex(({ mayThrow }) => mayThrow);
    const nodes = tasks.slice(0, last + 1).flatMap(nodesOf);
    const written = nodes.flatMap(writtenBy).flatMap(({ source }) => (source.kind === "state" ? [source.storage] : []));
    const drawn = nodes.flatMap((node) => generatorOf(node) ?? []);
    this.#storages = [...new Set(written)].map((storage) => ({ storage, copy: storage.data.slice() }));
    this.#generators = [...new Set(drawn)].map((generator) => ({ generator, copy: new Generator() }));
  }

  take(): void {
    for (const { storage, copy } of this.#storages) copy.set(storage.data);
    for (const { generator, copy } of this.#generators) generator.copyTo(copy);
  }

  restore(): void {
    for (const { storage, copy } of this.#storages) storage.data.set(copy);
    for (const { generator, copy } of this.#generators) copy.copyTo(generator);
  }
}
