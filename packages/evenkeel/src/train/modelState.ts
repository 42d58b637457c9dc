import type { Buffer, Module } from "../nn/index.ts";
import { defaultGenerator, Generator } from "../random/index.ts";
import { noGrad, type Tensor } from "../tensor/index.ts";

/** A network from tensors to a tensor, which can be trained on batches. */
export type Model = Module<Tensor[], Tensor>;

/**
 * Records which modules are in training mode; the returned function restores their modes, one by
 * one.
 */
export function keepModes(modules: ReturnType<Model["modules"]>): () => void {
  const modes = modules.map(({ training }) => training);
  return () => {
    for (let i = 0; i < modules.length; i++) modules[i].training = modes[i];
  };
}

/** Runs `use` on all modules and restores their modes, also after an error. */
export function keepingModes<T>(model: Model, use: (modules: ReturnType<Model["modules"]>) => T): T {
  const modules = model.modules();
  const restore = keepModes(modules);
  try {
    return use(modules);
  } finally {
    restore();
  }
}

/**
 * The state that a forward pass changes: buffers (running statistics) and the default generator
 * (dropout). It is taken before each step, so that a step that fails changes nothing.
 */
export class ForwardState {
  readonly #buffers: readonly Buffer[];
  readonly #copies: readonly Tensor[];
  readonly #generator = new Generator();

  constructor(model: Model) {
    this.#buffers = [...model.buffers()];
    this.#copies = this.#buffers.map((buffer) => buffer.detach().clone());
    defaultGenerator.copyTo(this.#generator);
  }

  /** Takes the state again. */
  take(): void {
    for (let i = 0; i < this.#buffers.length; i++) this.#copies[i].data.set(this.#buffers[i].data);
    defaultGenerator.copyTo(this.#generator);
  }

  /** Restores the state that was taken. */
  restore(): void {
    this.restoreBuffers();
    this.#generator.copyTo(defaultGenerator);
  }

  restoreBuffers(): void {
    noGrad(() => {
      for (let i = 0; i < this.#buffers.length; i++) this.#buffers[i].copy_(this.#copies[i]);
    });
  }
}
