import type { TSESTree } from "@typescript-eslint/utils";
import { type Context, defineRule } from "../defineRule.ts";
import { methodCall, quoted, receiverText, replacement, unwrap, variableOf } from "../syntax.ts";
import type { TensorTypes } from "../tensorTypes.ts";

type Message = "condition" | "callback" | "item";

/** Methods of arrays whose callback answers yes or no. */
const predicates: ReadonlySet<string> = new Set([
  ...["every", "filter", "find", "findIndex", "findLast", "findLastIndex", "some"],
]);

/** Conditions: a tensor is an object, and an object is always true. No error occurs at run time. */
export const noTensorCondition = defineRule<Message>("no-tensor-condition", {
  description: "Disallow tensors as conditions",
  messages: {
    condition:
      "a tensor is an object and always true: use {{cure}}, after any() or all() for more than one element; " +
      "where() chooses per element, and inside compile()",
    callback:
      "`{{method}}` takes every object for true, and this callback gives a tensor: add .item() to what it returns, " +
      "after any() or all() for more than one element",
    item: "Test the value: {{code}}.",
  },
  create(context, types) {
    const check = (node: TSESTree.Node | null) => checkCondition(context, types, node);
    return {
      IfStatement: ({ test }) => check(test),
      WhileStatement: ({ test }) => check(test),
      DoWhileStatement: ({ test }) => check(test),
      ForStatement: ({ test }) => check(test),
      ConditionalExpression: ({ test }) => check(test),
      LogicalExpression({ operator, left }) {
        if (operator !== "??") check(left);
      },
      AssignmentExpression({ operator, left }) {
        if (operator === "&&=" || operator === "||=") check(left);
      },
      UnaryExpression({ operator, argument }) {
        if (operator === "!") check(argument);
      },
      CallExpression(node) {
        checkCallback(context, types, node);
        check((isBoolean(context, node) ? node.arguments[0] : types.assertedArgument(node)) ?? null);
      },
    };
  },
});

function checkCondition(context: Context<Message>, types: TensorTypes, node: TSESTree.Node | null): void {
  if (node === null) return;
  // The left side is always visited as an operand.
  if (node.type === "LogicalExpression" && node.operator !== "??") checkCondition(context, types, node.right);
  else if (types.isMistakenCondition(node)) reportCondition(context, node);
}

function reportCondition(context: Context<Message>, node: TSESTree.Node): void {
  const code = `${receiverText(context.sourceCode, node.type === "ChainExpression" ? node.expression : node)}.item()`;
  context.report({
    node,
    messageId: "condition",
    data: { cure: quoted(code, "x.item()") },
    suggest: [replacement("item", node, code)],
  });
}

function checkCallback(context: Context<Message>, types: TensorTypes, node: TSESTree.CallExpression): void {
  const { name: method = "", object } = methodCall(node) ?? {};
  const [callback] = node.arguments;
  if (object === undefined || !predicates.has(method) || callback === undefined) return;
  if (!types.isArray(object) || !types.returnsTensor(callback)) return;
  context.report({ node: callback, messageId: "callback", data: { method } });
}

/** `Boolean(x)`, where Boolean is the global one. */
function isBoolean(context: Context<Message>, { callee }: TSESTree.CallExpression): boolean {
  const name = unwrap(callee);
  return name.type === "Identifier" && name.name === "Boolean" && variableOf(context.sourceCode, name) === undefined;
}
