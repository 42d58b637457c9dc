import type { Fault } from "./check.ts";
import type { Composition } from "./composition.ts";
import { imports, sourceOf } from "./source.ts";

/** The two ways to run a step that a fault of this kind compares. */
const ways: Readonly<Record<Fault["kind"], readonly string[]>> = {
  compiled: ["eager: (step) => step", "compiled: evenkeel.compile"],
  "compiled in float64": ["eager: (step) => step", "compiled: evenkeel.compile"],
  "compiled anew": ["compiled: evenkeel.compile", "anew: (step) => (...args) => evenkeel.compile(step)(...args)"],
};

/**
 * A program that anyone can run with `npx tsx`: it prints what two ways to run the step give, and
 * leave behind.
 */
export function printed(composition: Composition, kind: Fault["kind"]): string {
  const source = sourceOf(composition, kind === "compiled in float64" ? "float64" : "float32");
  const used = imports.filter((name) => name !== "compile" && new RegExp(`\\b${name}\\b`).test(source));
  return `import * as evenkeel from "evenkeel";
const { ${used.join(", ")} } = evenkeel;
let members = {};
const watch = (given) => { members = given; };
const tensors = (member) => member.parameters?.() ?? (member.grad === undefined ? [...member.state.values()].flatMap(Object.values) : [member]);
const show = (results) =>
  console.log(results.map((result) => String(result?.detach())).join("\\n"), ...Object.values(members).flatMap(tensors).map((tensor) => \`\\n\${tensor} grad \${tensor.grad}\`));
for (const [way, compile] of Object.entries({ ${ways[kind].join(", ")} })) {
  console.log(way);
${source.replace(/^/gm, "  ")}
}`;
}
