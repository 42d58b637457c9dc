import { readFileSync } from "node:fs";
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { expect, it } from "vitest";
import plugin from "./index.ts";

const { recommended } = plugin.configs;

it("recommends every rule, and the README has a section for each", () => {
  const names = Object.keys(plugin.rules);
  expect(Object.keys(recommended.rules ?? {})).toEqual(names.map((name) => `evenkeel/${name}`));
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect([...readme.matchAll(/^### (.*)$/gm)].map(([, name]) => name)).toEqual(names);
});

it("is for TypeScript files, so that a configuration in JavaScript needs no types", () => {
  expect(new Linter().verify("1 + 1;", [recommended], "eslint.config.js")).toEqual([]);
});

it("says what to set where a file was parsed without types", () => {
  const config = [recommended, { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser as Linter.Parser } }];
  expect(() => new Linter().verify("1 + 1;", config, "file.ts")).toThrow(
    /evenkeel\/no-tensor-operator needs types, and .*file\.ts was parsed without: .*projectService: true/,
  );
});
