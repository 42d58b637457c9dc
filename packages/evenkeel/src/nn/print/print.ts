/**
 * The key under which Node looks for what `console.log` shows; written out so that nothing of Node
 * is imported.
 */
export const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** The printed parts of a module. */
interface Printable {
  readonly name: string;
  /** The settings in the parentheses; lines are separated by line breaks. */
  readonly extra: string;
  readonly children: readonly (readonly [string, { toString(): string }])[];
}

/**
 * A module as PyTorch prints it: one line if it has no children, else its children indented by two.
 */
export function formatModule({ name, extra, children }: Printable): string {
  const extraLines = extra === "" ? [] : extra.split("\n");
  if (children.length === 0 && extraLines.length <= 1) return `${name}(${extra})`;
  const lines = [...extraLines, ...children.map(([key, child]) => `(${key}): ${indentRest(child.toString())}`)];
  return `${name}(\n  ${lines.join("\n  ")}\n)`;
}

function indentRest(text: string): string {
  return text.replaceAll("\n", "\n  ");
}
