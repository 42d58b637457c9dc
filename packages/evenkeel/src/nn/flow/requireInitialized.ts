import { wrongState } from "../../core/index.ts";
import { isUninitialized } from "../lazy/uninitialized.ts";
import { className } from "../module/callable.ts";
import type { AnyModule } from "../module/module.ts";

/** @throws Error if a lazy layer has not seen an input: running the model would change it */
export function requireInitialized(caller: string, model: AnyModule): void {
  for (const [path, module] of model.namedModules()) {
    const members = [...module.parameters({ recurse: false }), ...module.buffers({ recurse: false })];
    if (!members.some((member) => isUninitialized(member))) continue;
    const where = path === "" ? "the model" : `"${path}" (${className(module)})`;
    throw wrongState(caller, `${where} has not seen an input yet`, "call the model once, so that it knows its sizes");
  }
}
