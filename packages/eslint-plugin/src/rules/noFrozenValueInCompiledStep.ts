import type { TSESLint, TSESTree } from "@typescript-eslint/utils";
import { isChangedAfter, isWithin } from "../captures.ts";
import { type Context, defineRule } from "../defineRule.ts";
import { unwrap, variableOf } from "../syntax.ts";
import type { TensorTypes } from "../tensorTypes.ts";

type Message = "captured" | "written" | "random" | "clock";

type Step = TSESTree.ArrowFunctionExpression | TSESTree.FunctionExpression | TSESTree.FunctionDeclaration;

/** Global functions whose value a program keeps until the step is traced again. */
const drawn: Readonly<Record<string, "random" | "clock">> = {
  "Math.random": "random",
  "crypto.randomUUID": "random",
  "Date.now": "clock",
  "performance.now": "clock",
};

/**
 * JavaScript values that a compiled step uses as of its last trace: compile() traces it again only
 * from time to time. The rule checks the function passed to compile(), or to fit() as its loss, but
 * not the functions that it calls.
 */
export const noFrozenValueInCompiledStep = defineRule<Message>("no-frozen-value-in-compiled-step", {
  description: "Disallow values in a compiled step that it does not read at every call",
  messages: {
    captured:
      "`{{name}}` changes outside the step, which notices it some calls late: pass it as an argument, keep it in a tensor " +
      "that is written in place, or in a field of a module",
    written: "`{{name}}` is assigned when the step is traced, which is not at every call: return the value instead",
    random:
      "`{{name}}` is drawn when the step is traced, which is not at every call: draw with rand(), randn() or F.dropout, " +
      "which draw at every run",
    clock:
      "`{{name}}` is read when the step is traced, which is not at every call: read it outside and pass it in a tensor",
  },
  create(context, types) {
    const steps = new Map<Step, TSESTree.CallExpression>();
    const clocks: { readonly node: TSESTree.Node; readonly name: string; readonly messageId: "random" | "clock" }[] =
      [];
    return {
      CallExpression(node) {
        const step = stepOf(context, types, node);
        if (step !== undefined) steps.set(step, node);
        const name = globalName(context, node.callee);
        if (name !== undefined && Object.hasOwn(drawn, name)) clocks.push({ node, name, messageId: drawn[name] });
      },
      NewExpression(node) {
        if (globalName(context, node.callee) !== "Date" || node.arguments.length > 0) return;
        clocks.push({ node, name: "new Date", messageId: "clock" });
      },
      "Program:exit"() {
        for (const [step, call] of steps) {
          checkReferences(context, step, call);
          for (const { node, name, messageId } of clocks) {
            if (isWithin(node, step)) context.report({ node, messageId, data: { name } });
          }
        }
      },
    };
  },
});

/** One report per variable: at the step's assignment, else at its first read. */
function checkReferences(context: Context<Message>, step: Step, call: TSESTree.CallExpression): void {
  const reported = new Set<TSESLint.Scope.Variable>();
  const scope = context.sourceCode.getScope(step.body).variableScope;
  const outer = scope.through.filter(({ resolved }) => resolved !== null && resolved.defs.length > 0);
  const report = (variable: TSESLint.Scope.Variable, node: TSESTree.Node, messageId: Message) => {
    if (reported.has(variable)) return;
    reported.add(variable);
    context.report({ node, messageId, data: { name: variable.name } });
  };
  for (const reference of outer) {
    if (reference.isWrite()) report(reference.resolved!, reference.identifier, "written");
  }
  for (const { resolved, identifier } of outer) {
    if (isChangedAfter(context.sourceCode, resolved!, call, step)) report(resolved!, identifier, "captured");
  }
}

/** The function that a call compiles: of compile(step), or the loss of fit(model, { loss }). */
function stepOf(context: Context<Message>, types: TensorTypes, call: TSESTree.CallExpression): Step | undefined {
  const [first, second] = call.arguments;
  const callee = unwrap(call.callee);
  if (first === undefined || (callee.type !== "Identifier" && callee.type !== "MemberExpression")) return undefined;
  const calledName = callee.type === "Identifier" ? callee.name : (callee.property as { name?: string }).name;
  // Imports can be renamed; members of namespaces cannot.
  if (callee.type === "MemberExpression" && calledName !== "compile" && calledName !== "fit") return undefined;
  switch (types.exportedName(callee)) {
    case "compile":
      return isEager(second) ? undefined : functionOf(context, first);
    case "fit": {
      const loss = optionOf(second, "loss");
      return loss === undefined || isEager(second) ? undefined : functionOf(context, loss);
    }
    default:
      return undefined;
  }
}

function optionOf(options: TSESTree.Node | undefined, name: string): TSESTree.Node | undefined {
  if (options?.type !== "ObjectExpression") return undefined;
  for (const property of options.properties) {
    if (property.type !== "Property" || property.computed) continue;
    const { key } = property;
    if ((key.type === "Identifier" ? key.name : key.type === "Literal" ? key.value : undefined) === name) {
      return property.value;
    }
  }
  return undefined;
}

function isEager(options: TSESTree.Node | undefined): boolean {
  const compile = optionOf(options, "compile");
  return compile?.type === "Literal" && compile.value === false;
}

/** A function expression, or the function that a name refers to. */
function functionOf(context: Context<Message>, expression: TSESTree.Node): Step | undefined {
  const node = unwrap(expression);
  if (node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression") return node;
  if (node.type !== "Identifier") return undefined;
  const [definition] = variableOf(context.sourceCode, node)?.defs ?? [];
  if (definition?.type === "FunctionName" && definition.node.type === "FunctionDeclaration") return definition.node;
  if (definition?.node.type !== "VariableDeclarator" || definition.node.init == null) return undefined;
  const init = unwrap(definition.node.init);
  return init.type === "ArrowFunctionExpression" || init.type === "FunctionExpression" ? init : undefined;
}

/** "Math.random" or "Date", if nothing shadows the global. */
function globalName(context: Context<Message>, callee: TSESTree.Node): string | undefined {
  const isMember = callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier";
  const root = isMember ? callee.object : callee;
  if (root.type !== "Identifier" || variableOf(context.sourceCode, root) !== undefined) return undefined;
  return isMember ? `${root.name}.${(callee.property as TSESTree.Identifier).name}` : root.name;
}
