import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

/** What an editor shows beside a name: every public value has a sentence, each overload its own. */

const root = fileURLToPath(new URL("..", import.meta.url));
const library = `${root}packages/evenkeel`;
const manifest = JSON.parse(readFileSync(`${library}/package.json`, "utf8")) as {
  exports: Record<string, string | { types: string }>;
};
const entries = Object.values(manifest.exports).flatMap((target) =>
  typeof target === "string" ? [] : [target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, `${library}/src/$1.ts`)],
);

it("every public value, and every method of Tensor, has a docstring", { timeout: 60_000 }, () => {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const program = ts.createProgram(entries, options);
  const checker = program.getTypeChecker();
  const silent: string[] = [];
  let seen = 0;
  const check = (name: string, symbol: ts.Symbol) => {
    seen++;
    const declarations = symbol.declarations ?? [];
    const overloads = declarations.filter(
      (declaration) => !("body" in declaration && declaration.body !== undefined && declarations.length > 1),
    );
    const shown = overloads.length > 1 && overloads.every(ts.isFunctionLike);
    const documented = shown
      ? overloads.every((overload) => ts.getJSDocCommentsAndTags(overload).length > 0)
      : symbol.getDocumentationComment(checker).length > 0 || symbol.getJsDocTags(checker).length > 0;
    if (!documented) silent.push(name);
  };
  const modules = entries.map((entry) => checker.getSymbolAtLocation(program.getSourceFile(entry)!)!);
  /** The exports of a module, and those of namespaces that it exports, such as nn.init. */
  const exportsOf = (module: ts.Symbol): ts.Symbol[] =>
    checker.getExportsOfModule(module).flatMap((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      return symbol.flags & ts.SymbolFlags.ValueModule ? exportsOf(symbol) : [symbol];
    });
  // A value that several entries export counts once.
  const values = new Set(modules.flatMap(exportsOf));
  for (const symbol of values) {
    if (symbol.flags & ts.SymbolFlags.Value) check(symbol.name, symbol);
    if (symbol.name !== "Tensor") continue;
    for (const member of symbol.members?.values() ?? []) {
      // Private names, the constructor, and what has a symbol for a name.
      if (!/^\w+$/.test(member.name) || member.name.startsWith("__")) continue;
      check(`Tensor.${member.name}`, member);
    }
  }
  expect(seen).toBeGreaterThan(400);
  expect(silent).toEqual([]);
});
