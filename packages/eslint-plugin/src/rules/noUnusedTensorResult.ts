import type { TSESTree } from "@typescript-eslint/utils";
import { type Context, defineRule } from "../defineRule.ts";
import { methodCall, replacement, unwrap } from "../syntax.ts";
import type { TensorTypes } from "../tensorTypes.ts";

type Message = "dropped" | "droppedInPlace" | "inPlace";

/** Functions that return their callback's result, so that it is unused if theirs is. */
const passThrough: ReadonlySet<string> = new Set(["noGrad", "enableGrad"]);

/**
 * Functions that return a tensor and have a side effect: on running statistics, on the generator.
 */
const effectful: ReadonlySet<string> = new Set(["batchNorm", "dropout"]);

/**
 * Statements like `x.add(1);`: only methods whose name ends with an underscore write to their
 * tensor.
 */
export const noUnusedTensorResult = defineRule<Message>("no-unused-tensor-result", {
  description: "Disallow dropping the tensor that a method or function gives",
  messages: {
    dropped:
      "`{{name}}` changes nothing, it gives a new tensor, which is dropped here: assign it, or take the call out",
    droppedInPlace:
      "`{{name}}` gives a new tensor, which is dropped here: assign it, or write to the tensor with {{name}}_",
    inPlace: "Write to the tensor: {{code}}.",
  },
  create: (context, types) => ({
    ExpressionStatement: ({ expression }) => checkDropped(context, types, expression),
    CallExpression(node) {
      // forEach ignores the result of its callback.
      const { name, object } = methodCall(node) ?? {};
      if (name === "forEach" && object !== undefined && types.isArray(object)) {
        checkBody(context, types, node.arguments[0]);
      }
    },
  }),
});

/** The calls that give the value of an unused expression. */
function droppedCalls(expression: TSESTree.Expression): TSESTree.CallExpression[] {
  const node = unwrap(expression);
  switch (node.type) {
    case "LogicalExpression":
      return droppedCalls(node.right);
    case "ConditionalExpression":
      return [node.consequent, node.alternate].flatMap(droppedCalls);
    case "SequenceExpression":
      return node.expressions.flatMap(droppedCalls);
    case "CallExpression":
      return [node];
    default:
      return [];
  }
}

/** The result of an arrow function is unused if its caller ignores it. */
function checkBody(context: Context<Message>, types: TensorTypes, callback: TSESTree.Node | undefined): void {
  if (callback?.type !== "ArrowFunctionExpression" || callback.body.type === "BlockStatement") return;
  checkDropped(context, types, callback.body);
}

function checkDropped(context: Context<Message>, types: TensorTypes, expression: TSESTree.Expression): void {
  for (const call of droppedCalls(expression)) {
    // Only evenkeel's own functions are known to be pure: a module that is called may have hooks
    // and running statistics.
    const method = types.methodOfTensor(call);
    const name = method ?? types.exportedName(unwrap(call.callee));
    if (name === undefined || name.endsWith("_") || effectful.has(name)) continue;
    if (passThrough.has(name)) checkBody(context, types, call.arguments[0]);
    else if ((method !== undefined || takesTensor(types, call)) && types.givesTensors(call)) {
      report(context, types, call, name);
    }
  }
}

function takesTensor(types: TensorTypes, { arguments: [first] }: TSESTree.CallExpression): boolean {
  return first !== undefined && types.mayBe(first);
}

function report(context: Context<Message>, types: TensorTypes, node: TSESTree.CallExpression, name: string): void {
  const method = methodCall(node);
  if (method !== undefined && types.hasProperty(method.object, `${name}_`)) {
    const suggest = [replacement<Message>("inPlace", method.property, `${name}_`)];
    context.report({ node, messageId: "droppedInPlace", data: { name }, suggest });
  } else {
    context.report({ node, messageId: "dropped", data: { name } });
  }
}
