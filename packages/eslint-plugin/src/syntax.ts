import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

/**
 * An expression without syntax that only changes its type or chain: `x!`, `x as Tensor`, the chain
 * around `x?.add(1)`.
 */
export function unwrap(node: TSESTree.Node): TSESTree.Node {
  switch (node.type) {
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      return unwrap(node.expression);
    default:
      return node;
  }
}

/** A call of a method, `x.add(1)`: whose, and which; a computed name is undefined. */
interface MethodCall {
  readonly object: TSESTree.Expression;
  readonly name: string | undefined;
  readonly property: TSESTree.Node;
}

export function methodCall(node: TSESTree.Node): MethodCall | undefined {
  const callee = node.type === "CallExpression" ? unwrap(node.callee) : undefined;
  if (callee?.type !== "MemberExpression") return undefined;
  const { object, property, computed } = callee;
  return { object, property, name: !computed && property.type === "Identifier" ? property.name : undefined };
}

/** Expressions after which a dot can be written as they are. */
const primary: ReadonlySet<string> = new Set([
  ...["Identifier", "MemberExpression", "CallExpression", "ThisExpression", "TSNonNullExpression", "ArrayExpression"],
  ...["Literal", "TemplateLiteral"],
]);

/**
 * The text of an expression, to stand before `.method()`. A whole number would take the dot for its
 * own.
 */
export function receiverText(source: Readonly<TSESLint.SourceCode>, node: TSESTree.Node): string {
  const isNumber = node.type === "Literal" && typeof node.value === "number";
  return primary.has(node.type) && !isNumber ? source.getText(node) : `(${source.getText(node)})`;
}

/** The text of an expression, to stand as an argument. */
export function argumentText(source: Readonly<TSESLint.SourceCode>, node: TSESTree.Node): string {
  return node.type === "SequenceExpression" ? `(${source.getText(node)})` : source.getText(node);
}

/** A piece of code for a message: as it is where it is short, else the general form. */
export function quoted(code: string, general: string): string {
  return code.length <= 60 && !code.includes("\n") ? code : general;
}

/** A suggestion to replace an expression. */
export function replacement<Message extends string>(
  messageId: Message,
  node: TSESTree.Node,
  code: string,
): TSESLint.SuggestionReportDescriptor<Message> {
  return { messageId, data: { code }, fix: (fixer) => fixer.replaceText(node, code) };
}

/** The variable of an identifier; undefined if the file does not declare it, such as a global. */
export function variableOf(
  source: Readonly<TSESLint.SourceCode>,
  node: TSESTree.Identifier,
): TSESLint.Scope.Variable | undefined {
  for (let scope: TSESLint.Scope.Scope | null = source.getScope(node); scope !== null; scope = scope.upper) {
    const variable = scope.set.get(node.name);
    if (variable !== undefined) return variable.defs.length > 0 ? variable : undefined;
  }
  return undefined;
}
