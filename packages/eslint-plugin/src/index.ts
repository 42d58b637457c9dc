import type { ESLint, Linter } from "eslint";
import { noFrozenValueInCompiledStep } from "./rules/noFrozenValueInCompiledStep.ts";
import { noTensorCondition } from "./rules/noTensorCondition.ts";
import { noTensorIdentity } from "./rules/noTensorIdentity.ts";
import { noTensorIndex } from "./rules/noTensorIndex.ts";
import { noTensorOperator } from "./rules/noTensorOperator.ts";
import { noUnusedTensorResult } from "./rules/noUnusedTensorResult.ts";

type Rule = NonNullable<ESLint.Plugin["rules"]>[string];

interface Plugin extends ESLint.Plugin {
  readonly rules: Record<string, Rule>;
  readonly configs: {
    /**
     * All rules for TypeScript files, which have to be parsed with types: typescript-eslint's
     * parser, `projectService`.
     */
    readonly recommended: Linter.Config;
  };
}

const rules = {
  "no-tensor-operator": noTensorOperator,
  "no-tensor-condition": noTensorCondition,
  "no-tensor-index": noTensorIndex,
  "no-tensor-identity": noTensorIdentity,
  "no-unused-tensor-result": noUnusedTensorResult,
  "no-frozen-value-in-compiled-step": noFrozenValueInCompiledStep,
};

/** Warnings are for rules that may be wrong: when another function runs cannot be known. */
const warnings: ReadonlySet<string> = new Set(["no-frozen-value-in-compiled-step"]);

const base = {
  meta: { name: "eslint-plugin-evenkeel", namespace: "evenkeel" },
  // ESLint and typescript-eslint describe the same rules by different types.
  rules: rules as unknown as Plugin["rules"],
};

const recommended: Linter.Config = {
  name: "evenkeel/recommended",
  files: ["**/*.{ts,tsx,mts,cts}"],
  plugins: { evenkeel: base },
  rules: Object.fromEntries(
    Object.keys(rules).map((name) => [`evenkeel/${name}`, warnings.has(name) ? "warn" : "error"]),
  ),
};

/**
 * ESLint's plugin for code that uses evenkeel:
 * `export default [..., evenkeel.configs.recommended]`.
 */
const plugin: Plugin = { ...base, configs: { recommended } };

// ESLint's configurations import plugins by their default export.
export default plugin;
