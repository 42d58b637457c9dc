import { fileURLToPath } from "node:url";
import { RuleTester } from "@typescript-eslint/rule-tester";
import tseslint from "typescript-eslint";
import { afterAll, describe, it } from "vitest";

Object.assign(RuleTester, { afterAll, describe, it, itOnly: it.only });

/**
 * Runs the cases of a rule against the sources of the library, each case as the file
 * fixture/file.ts; globals.d.ts beside it has x, y, …
 */
export const tester = new RuleTester({
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: {
      project: "./tsconfig.json",
      tsconfigRootDir: fileURLToPath(new URL("../fixture", import.meta.url)),
    },
  },
});
