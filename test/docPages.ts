import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The code in the documentation. What stands after the language of a fenced block says what is
 * asked of it:
 *
 * - `ts`: it is type-checked and run, all such blocks of a page as one module. What it prints stands in comments that
 * begin with an arrow, `// → tensor([1., 2.])`, further lines indented under the arrow's text; `…`
 * stands for anything.
 * - `ts from=path` (any language): the file at this path contains the block, line by line.
 * - `ts fragment`: nothing; for code that cannot run by itself.
 *
 * In tables whose last column is headed `here`, beside PyTorch's, each piece of code in that column
 * is type-checked as a statement by itself. It may use the variables of `portedNames`.
 */
export interface Page {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

export interface Block {
  readonly language: string;
  readonly mark:
    | { readonly kind: "run" }
    | { readonly kind: "quote"; readonly from: string }
    | { readonly kind: "none" };
  /** Number of the line of its fence, from 1. */
  readonly line: number;
  readonly code: readonly string[];
}

export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * All pages: the README, the contributor's guide, everything in docs/, and the READMEs of folders.
 */
export function readPages(): Page[] {
  const names = readdirSync(root).filter((name) => ["README.md", "CONTRIBUTING.md"].includes(name));
  const docs = ["docs", "docs/evidence"].flatMap((folder) =>
    readdirSync(`${root}/${folder}`).flatMap((name) => (name.endsWith(".md") ? [`${folder}/${name}`] : [])),
  );
  const folders = ["packages/evenkeel", "packages/vision", "packages/mpi", "packages/eslint-plugin", "examples/ports"];
  folders.push("bench", "test/fuzz", "test/goldens");
  const paths = [...names, ...docs, ...folders.map((folder) => `${folder}/README.md`)];
  return paths.map((path) => {
    const text = readFileSync(`${root}/${path}`, "utf8");
    return { path, text, blocks: blocksOf(text) };
  });
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { language: string; mark: Block["mark"]; line: number; code: string[] } | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    const fence = /^```(\w*) *(.*)$/.exec(line);
    if (fence === null) open?.code.push(line);
    else if (open === undefined) open = { language: fence[1], mark: markOf(fence[1], fence[2]), line: i + 1, code: [] };
    else {
      blocks.push(open);
      open = undefined;
    }
  }
  return blocks;
}

function markOf(language: string, info: string): Block["mark"] {
  if (info.startsWith("from=")) return { kind: "quote", from: info.slice("from=".length) };
  if (info !== "" && info !== "fragment") throw new Error(`unknown mark "${info}" of a ${language} block in the docs`);
  return { kind: language === "ts" && info === "" ? "run" : "none" };
}

export function runnable({ blocks }: Page): Block[] {
  return blocks.filter(({ mark }) => mark.kind === "run");
}

/** The runnable blocks of a page as one module, on the lines where they stand on the page. */
export function moduleOf(page: Page, beforeBlock: (index: number) => string = () => ""): string {
  const lines: string[] = [];
  for (const [i, { line, code }] of runnable(page).entries()) {
    while (lines.length < line - 1) lines.push("");
    lines.push(beforeBlock(i), ...code);
  }
  return lines.join("\n");
}

/**
 * What the code of tables "here" may use without saying where it comes from, beside all that
 * evenkeel exports.
 */
const portedNames = `
import { readFileSync, writeFileSync } from "node:fs";
declare const x: Tensor, y: Tensor, w: Tensor, mask: Tensor, idx: Tensor, loss: Tensor;
declare const rows: Tensor, columns: Tensor, labels: number[];
declare const path: string, i: number;
declare const p: nn.Parameter, net: nn.Sequential, layers: nn.ModuleList, state: nn.StateDict;
declare const optimizer: optim.Adam, scheduler: optim.StepLR, generator: Generator;
declare const dataset: data.TensorDataset<[Tensor, Tensor]>, loader: data.DataLoader<[Tensor, Tensor], [Tensor, Tensor]>;`;

/**
 * The code of tables "here" as one module, on the lines where it stands on the page; an ellipsis
 * stands for any value. Undefined where a page has none.
 */
export function portModuleOf({ text }: Page, exported: readonly string[]): string | undefined {
  const lines: string[] = [];
  let isInside = false;
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) isInside = false;
    else if (/\| *here *\|$/.test(line)) isInside = true;
    const spans = isInside ? codeIn(line.split(/(?<!\\)\|/).at(-2)!) : [];
    lines.push(spans.map((code) => `{ ${code.startsWith("{") ? `(${code})` : code} }`).join(" "));
  }
  if (lines.every((line) => line === "")) return undefined;
  const prelude = `${portedNames.replaceAll("\n", " ")} import { ${exported.join(", ")} } from "evenkeel";`;
  return `${prelude} async () => { ${lines.join("\n")} }`;
}

function codeIn(cell: string): string[] {
  const spans = cell.matchAll(/(`+) ?(.+?) ?\1/g);
  return [...spans].map(([, , code]) => code.replaceAll("\\|", "|").replaceAll("…", "0"));
}

const arrow = /\/\/ → ?(.*)$/;
const continuation = /^\s*\/\/ {3}(.*)$/;

/** What a block says that it prints, line by line. */
export function promised({ code }: Block): string[] {
  const lines: string[] = [];
  /** What begins a promise, or goes on with the one of the line above. */
  let pattern = arrow;
  for (const line of code) {
    const found = arrow.exec(line) ?? pattern.exec(line);
    pattern = found === null ? arrow : continuation;
    if (found !== null) lines.push(found[1].trimEnd());
  }
  return lines;
}

/** Whether a line was printed as promised. */
export function matches(printed: string, promise: string): boolean {
  const parts = promise.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(printed);
}
