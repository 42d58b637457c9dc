import { Tensor } from "../tensor/index.ts";

/**
 * What a program takes for granted: settings of modules and optimizers that the step met, and the memory behind tensors it
 * refers to. If any of it has changed, the step is traced anew.
 */
export class Guards {
  readonly #settings: { readonly object: Record<string, unknown>; readonly key: string; readonly value: unknown }[] =
    [];
  readonly #tensors: { readonly tensor: Tensor; readonly storage: unknown; readonly requiresGrad: boolean }[] = [];
  readonly #met = new Set<object>();

  /** See `meet` in core/apply.ts. */
  meet(met: object, keys: readonly string[] = Object.keys(met)): void {
    if (this.#met.has(met)) return;
    this.#met.add(met);
    const object = met as Record<string, unknown>;
    for (const key of keys) {
      const value = object[key];
      if (isSetting(value)) this.#settings.push({ object, key, value });
    }
  }

  /** A tensor keeps its memory, unless its module was converted to another dtype. */
  hold(tensor: Tensor): void {
    this.#tensors.push({ tensor, storage: tensor.storage, requiresGrad: tensor.requiresGrad });
  }

  get holds(): boolean {
    for (const { object, key, value } of this.#settings) if (!Object.is(object[key], value)) return false;
    for (const { tensor, storage, requiresGrad } of this.#tensors) {
      if (tensor.storage !== storage || tensor.requiresGrad !== requiresGrad) return false;
    }
    return true;
  }
}

/** Functions too: layers are callable, and another one may take a layer's place. */
function isSetting(value: unknown): boolean {
  return typeof value !== "object" || value === null || value instanceof Tensor;
}
