import { f32x4 } from "./instructions.ts";
import { ModuleBuilder } from "./moduleBuilder.ts";

let relaxed = false;

/**
 * Whether the engine has relaxed SIMD (Node 22 and later; Node 20 by a flag): looks at a module that
 * uses it, until it has.
 */
export function hasRelaxedMadd(): boolean {
  if (!relaxed) {
    const module = new ModuleBuilder();
    module.function("madd", [], (f) => {
      const a = f.local("v128");
      f.set(a, f32x4.relaxedMadd(a, a, a));
    });
    relaxed = WebAssembly.validate(module.toBytes());
  }
  return relaxed;
}
