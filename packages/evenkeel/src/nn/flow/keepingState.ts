import { defaultGenerator } from "../../random/index.ts";
import { noGrad } from "../../tensor/index.ts";
import { isUninitialized } from "../lazy/uninitialized.ts";
import type { AnyModule } from "../module/module.ts";

/** Runs `use`, which may run a model, and restores modes, buffers and the default generator. */
export function keepingState<T>(model: AnyModule, use: () => T): T {
  const restore = keepState(model);
  try {
    return use();
  } finally {
    restore();
  }
}

/** Saves the state that a forward pass may change; the returned function restores it. */
export function keepState(model: AnyModule): () => void {
  const modes = model.modules().map((module) => ({ module, training: module.training }));
  // Buffers of lazy layers before their first input have no values.
  const known = model.buffers().filter((buffer) => !isUninitialized(buffer));
  const buffers = known.map((buffer) => ({ buffer, version: buffer.version, copy: buffer.detach().clone() }));
  const generator = defaultGenerator.getState();
  return () => {
    for (const { module, training } of modes) module.training = training;
    for (const { buffer, version, copy } of buffers) if (buffer.version !== version) noGrad(() => buffer.copy_(copy));
    defaultGenerator.setState(generator);
  };
}
