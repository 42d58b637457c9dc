import ts from "typescript";

/**
 * One change of a source text, and whether the types allow it where the syntax alone does not tell.
 */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly fits?: (checker: ts.TypeChecker) => boolean;
}

/** The edits of one kind that a node offers. */
type Kind = (node: ts.Node) => readonly Edit[];

const replace = (node: ts.Node, text: string, fits?: Edit["fits"]): Edit => ({
  start: node.getStart(),
  end: node.end,
  text,
  ...(fits && { fits }),
});

const comparisons: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
};
const arithmetic: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "+=": "-=",
  "-=": "+=",
};
const logic: Readonly<Record<string, string>> = { "&&": "||", "||": "&&" };

/** Another operator from a table; `onlyNumbers` keeps the + of texts out. */
function operators(table: Readonly<Record<string, string>>, onlyNumbers = false): Kind {
  return (node) => {
    if (!ts.isBinaryExpression(node)) return [];
    const other = table[node.operatorToken.getText()];
    if (other === undefined) return [];
    const areNumbers = (checker: ts.TypeChecker) =>
      [node.left, node.right].every((side) => isNumber(checker.getTypeAtLocation(side)));
    return [replace(node.operatorToken, other, onlyNumbers ? areNumbers : undefined)];
  };
}

const isNumber = (type: ts.Type) => (type.flags & ts.TypeFlags.NumberLike) !== 0;

/** A number one larger and one smaller, or twice as large where it is no whole number. */
function otherNumbers(node: ts.NumericLiteral): readonly string[] {
  const value = Number(node.text);
  if (!Number.isInteger(value)) return [String(2 * value)];
  return value === 0 ? ["1"] : [String(value + 1), String(value - 1)];
}

function constant(node: ts.Node): readonly Edit[] {
  if (ts.isNumericLiteral(node)) {
    if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return [];
    return otherNumbers(node).map((text) => replace(node, text));
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, "false")];
  return node.kind === ts.SyntaxKind.FalseKeyword ? [replace(node, "true")] : [];
}

/** A call whose value nobody uses; `super()` must stay. */
function dropped(node: ts.Node): readonly Edit[] {
  if (!ts.isExpressionStatement(node)) return [];
  const called = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
  const isCall = ts.isCallExpression(called) && called.expression.kind !== ts.SyntaxKind.SuperKeyword;
  return isCall ? [replace(node, ";")] : [];
}

/** Neighbouring arguments, each of a type that the other's parameter takes. */
function swapped(node: ts.Node): readonly Edit[] {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
  const list = node.arguments ?? [];
  return list.slice(1).flatMap((second, i): Edit[] => {
    const first = list[i];
    if ([first, second].some(ts.isSpreadElement) || first.getText() === second.getText()) return [];
    const between = node.getSourceFile().text.slice(first.end, second.getStart());
    const fits = (checker: ts.TypeChecker) => takeEachOther(checker, node, i);
    return [{ start: first.getStart(), end: second.end, text: second.getText() + between + first.getText(), fits }];
  });
}

function takeEachOther(checker: ts.TypeChecker, call: ts.CallExpression | ts.NewExpression, at: number): boolean {
  const parameters = checker.getResolvedSignature(call)?.parameters ?? [];
  if (at + 1 >= parameters.length) return false;
  const [first, second] = [at, at + 1].map((i) => ({
    argument: checker.getTypeAtLocation(call.arguments![i]),
    parameter: checker.getTypeOfSymbolAtLocation(parameters[i], call),
  }));
  return (
    checker.isTypeAssignableTo(first.argument, second.parameter) &&
    checker.isTypeAssignableTo(second.argument, first.parameter)
  );
}

/** Not of loops, most of which would never end. */
function negated(node: ts.Node): readonly Edit[] {
  const condition = ts.isIfStatement(node) ? node.expression : ts.isConditionalExpression(node) ? node.condition : null;
  return condition === null ? [] : [replace(condition, `!(${condition.getText()})`)];
}

function unawaited(node: ts.Node): readonly Edit[] {
  return ts.isAwaitExpression(node) ? [replace(node, `(${node.expression.getText()})`)] : [];
}

/** Another default behind ??, or that default always. */
function defaults(node: ts.Node): readonly Edit[] {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.QuestionQuestionToken) return [];
  const { right } = node;
  if (ts.isNumericLiteral(right)) return otherNumbers(right).map((text) => replace(right, text));
  return [replace(node, `(${right.getText()})`)];
}

/**
 * One side of a choice in both cases: of a ternary, or of an `if` that returns with a `return`
 * behind it.
 */
function otherBranch(node: ts.Node): readonly Edit[] {
  if (ts.isConditionalExpression(node)) {
    return [node.whenTrue, node.whenFalse].map((side) => replace(node, `(${side.getText()})`));
  }
  if (!ts.isIfStatement(node) || node.elseStatement !== undefined || !ts.isBlock(node.parent)) return [];
  const { statements } = node.parent;
  const next = statements[statements.indexOf(node) + 1];
  const inside = ts.isBlock(node.thenStatement) ? node.thenStatement.statements.at(-1) : node.thenStatement;
  if (next === undefined || !ts.isReturnStatement(next)) return [];
  if (inside === undefined || !ts.isReturnStatement(inside) || inside.getText() === next.getText()) return [];
  return [replace(inside, next.getText())];
}

/** The bugs that are planted: what a slip of the hand does to a program. */
export const kinds: Readonly<Record<string, Kind>> = {
  comparison: operators(comparisons),
  arithmetic: operators(arithmetic, true),
  logic: operators(logic),
  constant,
  dropped,
  swapped,
  negated,
  unawaited,
  defaults,
  otherBranch,
};
