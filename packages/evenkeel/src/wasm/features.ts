import { f32x4 } from "./instructions.ts";
import { ModuleBuilder } from "./moduleBuilder.ts";

let relaxed: boolean | undefined;

/**
 * Whether the engine has relaxed SIMD (Node 22 and later): compiles a module that uses it, once.
 */
export function hasRelaxedMadd(): boolean {
  if (relaxed === undefined) {
    const module = new ModuleBuilder();
    module.function("madd", [], (f) => {
      const a = f.local("v128");
      f.set(a, f32x4.relaxedMadd(a, a, a));
    });
    relaxed = WebAssembly.validate(module.toBytes());
  }
  return relaxed;
}
