import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

/**
 * Whether a variable that a function captures may be assigned after a call that has taken the
 * function: further down, in a loop around both, or in another function, which may run at any time.
 * A variable that is assigned once, or only before the call, is constant.
 */
export function isChangedAfter(
  source: Readonly<TSESLint.SourceCode>,
  variable: TSESLint.Scope.Variable,
  call: TSESTree.Node,
  captor: TSESTree.Node,
): boolean {
  if (isOfEachTurn(variable)) return false;
  const writes = variable.references.filter((reference) => reference.isWrite());
  if (writes.length < 2 && variable.defs.every(({ type }) => type !== "Parameter")) return false;
  const home = source.getScope(call).variableScope;
  return writes.some(({ init, identifier, from }) => {
    if (init === true || isWithin(identifier, captor)) return false;
    const isInOtherFunction = from.variableScope !== home && !isAround(from.variableScope, home);
    return isInOtherFunction || identifier.range[0] > call.range[1] || shareLoop(identifier, call, variable);
  });
}

export function isWithin(node: TSESTree.Node, outer: TSESTree.Node): boolean {
  return node.range[0] >= outer.range[0] && node.range[1] <= outer.range[1];
}

/**
 * The variable of a for loop's head: every iteration has its own, which keeps its value in
 * closures.
 */
function isOfEachTurn({ defs }: TSESLint.Scope.Variable): boolean {
  return defs.some(({ parent }) => {
    if (parent?.type !== "VariableDeclaration" || parent.kind === "var") return false;
    const { parent: loop } = parent;
    if (loop.type === "ForStatement") return loop.init === parent;
    return (loop.type === "ForOfStatement" || loop.type === "ForInStatement") && loop.left === parent;
  });
}

function isAround(scope: TSESLint.Scope.Scope, inner: TSESLint.Scope.Scope): boolean {
  for (let upper = inner.upper; upper !== null; upper = upper.upper) if (upper === scope) return true;
  return false;
}

const loops: ReadonlySet<string> = new Set([
  ...["ForStatement", "ForOfStatement", "ForInStatement", "WhileStatement", "DoWhileStatement"],
]);

/** Whether a loop contains both nodes, but not the declaration of the variable. */
function shareLoop(write: TSESTree.Node, call: TSESTree.Node, { identifiers }: TSESLint.Scope.Variable): boolean {
  for (let node = write.parent; node != null; node = node.parent) {
    const loop = node;
    if (!loops.has(loop.type) || !isWithin(call, loop)) continue;
    if (!identifiers.some((identifier) => isWithin(identifier, loop))) return true;
  }
  return false;
}
