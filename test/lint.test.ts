import { ESLint } from "eslint";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { expect, it } from "vitest";
import plugin from "../packages/eslint-plugin/src/index.ts";
import { root } from "./docPages.ts";

/**
 * The rules of eslint-plugin-evenkeel on our own code: what they report in programs that are right
 * is a false alarm.
 */

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
  ts.sys,
  root,
);

async function findings(folder: string): Promise<{ files: number; messages: string[] }> {
  const files = ts.sys.readDirectory(`${root}${folder}`, [".ts"]);
  const program = ts.createProgram(files, options);
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.ts"],
        languageOptions: { parser: tseslint.parser as never, parserOptions: { programs: [program] } },
      },
      plugin.configs.recommended,
    ],
  });
  const results = await eslint.lintFiles(files);
  const messages = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => `${filePath.slice(root.length)}:${line} ${ruleId} ${message}`),
  );
  return { files: results.length, messages };
}

it("finds nothing in the examples", async () => {
  const { files, messages } = await findings("examples");
  expect(messages).toEqual([]);
  expect(files).toBeGreaterThan(5);
});
