// Writes docs/ops.md, the reference of all operations, from the op table:
// `npx tsx scripts/opReference.ts`. What a row holds at run time comes from the row; its
// description and the types of its attributes from its source.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { AnyOp } from "../packages/evenkeel/src/core/index.ts";
import { table } from "../packages/evenkeel/src/ops/table.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const opsFolder = join(root, "packages/evenkeel/src/ops");

/** What the source of a row says. */
interface Declared {
  /** The file it stands in, which is its family. */
  readonly file: string;
  /** Its place in that file. */
  readonly position: number;
  readonly description: string;
  /** `"dim: number"`, `"min?: number"` */
  readonly attrs: readonly string[];
}

/** Reads the exports of the ops folder with the compiler. */
function readDeclarations(): { rows: Map<string, Declared>; families: Map<string, string> } {
  const indices = ["index.ts", "collective/index.ts"].map((file) => join(opsFolder, file));
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const program = ts.createProgram(indices, options);
  const checker = program.getTypeChecker();
  const modules = indices.map((index) => checker.getSymbolAtLocation(program.getSourceFile(index)!)!);
  const rows = new Map<string, Declared>();
  const families = new Map<string, string>();
  for (const exported of modules.flatMap((module) => checker.getExportsOfModule(module))) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.valueDeclaration;
    if (!(exported.name in table) || declaration === undefined) continue;
    const source = declaration.getSourceFile();
    const file = basename(source.fileName);
    families.set(file, introduction(source));
    const description = oneLine(ts.displayPartsToString(symbol.getDocumentationComment(checker)));
    rows.set(exported.name, {
      file,
      position: declaration.pos,
      // The compiler takes a file's comment for that of a first row that has none of its own.
      description: description === families.get(file) ? "" : description,
      attrs: attributesOf(checker.getTypeOfSymbol(symbol), checker, declaration),
    });
  }
  return { rows, families };
}

/** The attributes are the last type argument of `Op` and `VariadicOp`. */
function attributesOf(type: ts.Type, checker: ts.TypeChecker, at: ts.Node): string[] {
  const attrs = type.aliasTypeArguments?.at(-1);
  if (attrs === undefined) throw new Error(`${checker.typeToString(type)} is not written as an Op`);
  return checker.getPropertiesOfType(attrs).map((property) => {
    const optional = property.flags & ts.SymbolFlags.Optional;
    const propertyType = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(property, at));
    return `${property.name}${optional ? "?" : ""}: ${checker.typeToString(propertyType).replaceAll("readonly ", "")}`;
  });
}

/**
 * The comment of a file: the first one that is followed by an empty line, before any declaration
 * but imports.
 */
function introduction(source: ts.SourceFile): string {
  const comment = /^\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n\n/m.exec(source.text)?.[1] ?? "";
  return oneLine(comment.replaceAll(/^\s*\* ?/gm, ""));
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .replaceAll("|", "\\|")
    .trim();
}

function signature(name: string, { inputs, outputs }: AnyOp, attrs: readonly string[]): string {
  const operands = inputs === "variadic" ? ["[...values]"] : inputs;
  const options = attrs.length === 0 ? [] : [`{ ${attrs.join(", ")} }`];
  const result = outputs === "variadic" ? " → [...outputs]" : outputs.length === 0 ? "" : ` → ${outputs.join(", ")}`;
  return `\`${name}(${[...operands, ...options].join(", ").replaceAll("|", "\\|")})${result}\``;
}

function gradientOf({ grad, differentiable, outputs }: AnyOp): string {
  if (typeof grad === "function") return "yes";
  if (grad.kind === "joint")
    return `yes, in ${differentiable === "all" ? "all" : differentiable.map((i) => outputs[i]).join(" and ")}`;
  return grad.kind === "unfused" ? "yes, by the ops it fuses" : `no: ${grad.why}`;
}

function writesOf({ inputs, writes }: AnyOp): string {
  return writes.map((index) => inputs[index]).join(", ");
}

/** The text of docs/ops.md. */
export function opReference(): string {
  const { rows, families } = readDeclarations();
  const undeclared = Object.keys(table).filter((name) => !rows.has(name));
  if (undeclared.length > 0) throw new Error(`rows without a declaration of their own: ${undeclared.join(", ")}`);
  const sections = [...families].sort().map(([file, text]) => {
    const members = Object.entries<AnyOp>(table)
      .filter(([name]) => rows.get(name)?.file === file)
      .sort(([a], [b]) => rows.get(a)!.position - rows.get(b)!.position);
    const writing = members.some(([, { writes }]) => writes.length > 0);
    const heads = ["operation", "meaning", "keeps for backward", "differentiable", ...(writing ? ["writes"] : [])];
    const lines = members.map(([name, row]) => {
      const { attrs, description } = rows.get(name)!;
      const cells = [signature(name, row, attrs), description, row.saves.join(", "), gradientOf(row)];
      return `| ${[...cells, ...(writing ? [writesOf(row)] : [])].join(" | ")} |`;
    });
    const title = file.slice(0, -".ts".length);
    const head = [`| ${heads.join(" | ")} |`, `|${heads.map(() => "---|").join("")}`];
    return [`## ${title[0].toUpperCase()}${title.slice(1)}`, "", text, "", ...head, ...lines].join("\n");
  });
  return [
    "# Operations",
    "",
    "<!-- Made from the op table by scripts/opReference.ts: do not edit. -->",
    "",
    `All ${Object.keys(table).length} rows of the op table, by family (a file of \`packages/evenkeel/src/ops\`). Everything the library`,
    "computes is one of them; [architecture.md](architecture.md) says what a row is. Users call them as methods of tensors, functions and",
    "layers, under PyTorch's names: `concat` here is `cat`, `variance` is `x.var`, `vectorNorm` is `x.norm`.",
    "",
    "The gradient belongs to the first output; further outputs (statistics, indices) carry none. Operands of elementwise rows broadcast.",
    "Values named under *keeps for backward* stay alive until the gradient has been computed, and must not be written to until then.",
    "",
    sections.join("\n\n"),
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, "docs/ops.md"), opReference());
