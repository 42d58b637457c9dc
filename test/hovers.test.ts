import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

/** What an editor shows beside a name: every public one of the tensor folder has a sentence, each overload its own. */

const root = fileURLToPath(new URL("..", import.meta.url));
const index = `${root}packages/evenkeel/src/tensor/index.ts`;

it("methods of Tensor, and what is exported beside it, say what they are", { timeout: 60_000 }, () => {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(index)!)!;
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
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (symbol.flags & ts.SymbolFlags.Value) check(symbol.name, symbol);
    if (symbol.name !== "Tensor") continue;
    for (const member of symbol.members?.values() ?? []) {
      // Private names, the constructor, and what has a symbol for a name.
      if (!/^\w+$/.test(member.name) || member.name.startsWith("__")) continue;
      check(`Tensor.${member.name}`, member);
    }
  }
  expect(seen).toBeGreaterThan(250);
  expect(silent).toEqual([]);
});
