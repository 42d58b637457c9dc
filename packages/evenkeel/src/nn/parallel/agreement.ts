import { formatShape, wrongState } from "../../core/index.ts";
import type { ProcessGroup } from "../../ops/collective/index.ts";
import type { AnyModule } from "../module/module.ts";

/** What ranks must have in common to train a module together: a line for each parameter and buffer. */
function linesOf(module: AnyModule): string[] {
  const parameters = module.namedParameters().map(([name, { shape, dtype, requiresGrad }]) => {
    return `the parameter "${name}" ${formatShape(shape)} ${dtype}${requiresGrad ? "" : ", frozen"}`;
  });
  const buffers = module.namedBuffers().map(([name, { shape, dtype }]) => {
    return `the buffer "${name}" ${formatShape(shape)} ${dtype}`;
  });
  return [...parameters, ...buffers];
}

/**
 * Checks that all ranks have modules with the same parameters and buffers: names, shapes, dtypes,
 * and which are trained.
 * @throws Error, on all ranks, naming the first that differs
 */
export function checkAgreement(caller: string, module: AnyModule, group: ProcessGroup): void {
  const own = new TextEncoder().encode(JSON.stringify(linesOf(module)));
  const [first, ...others] = group.communicator.allGather(own).map((bytes) => {
    return JSON.parse(new TextDecoder().decode(bytes)) as string[];
  });
  for (const [i, lines] of others.entries()) {
    for (let k = 0; k < Math.max(first.length, lines.length); k++) {
      if (first[k] === lines[k]) continue;
      const [here, there] = [first[k] ?? "nothing more", lines[k] ?? "nothing more"];
      throw wrongState(
        caller,
        `the ranks have different networks: rank 0 has ${here} where rank ${i + 1} has ${there}`,
        "make the same network on all ranks",
      );
    }
  }
}
