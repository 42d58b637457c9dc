import type { TSESTree } from "@typescript-eslint/utils";
import { type Context, defineRule } from "../defineRule.ts";
import { argumentText, methodCall, quoted, receiverText, replacement } from "../syntax.ts";
import type { TensorTypes } from "../tensorTypes.ts";

type Message = "compare" | "search" | "switch" | "elements" | "object";

const comparisons: ReadonlySet<string> = new Set(["==", "===", "!=", "!=="]);
const searches: ReadonlySet<string> = new Set(["includes", "indexOf", "lastIndexOf"]);

/** Comparisons of tensors by identity: two tensors with the same values are two objects. */
export const noTensorIdentity = defineRule<Message>("no-tensor-identity", {
  description: "Disallow comparing tensors as objects",
  messages: {
    compare:
      "`{{operator}}` asks whether two tensors are one object, not whether their values are equal: use {{cure}} per " +
      "element, with .all().item() for all of them, or Object.is() if the object is meant",
    search:
      "`{{method}}` looks for the tensor as an object, not for its values: compare with eq(), as in " +
      "list.some((x) => x.eq(y).all().item()), or use a Set if the object is meant",
    switch: "switch compares objects, so no case will match the values of a tensor: switch over item()",
    elements: "Compare the elements: {{code}}.",
    object: "Say that the object is meant: {{code}}.",
  },
  create: (context, types) => ({
    BinaryExpression: (node) => comparison(context, types, node),
    SwitchStatement({ discriminant, cases }) {
      const tests = cases.flatMap(({ test }) => (test === null ? [] : [test]));
      // One report per switch: reports of its cases would be redundant.
      const node = [discriminant, ...tests].find((compared) => types.mayBe(compared));
      if (node !== undefined) context.report({ node, messageId: "switch" });
    },
    CallExpression(node) {
      const { name: method = "", object } = methodCall(node) ?? {};
      const [item] = node.arguments;
      if (object === undefined || !searches.has(method) || item === undefined) return;
      if (types.isArray(object) && types.mayBe(item)) context.report({ node, messageId: "search", data: { method } });
    },
  }),
});

function comparison(context: Context<Message>, types: TensorTypes, node: TSESTree.BinaryExpression): void {
  const { operator, left, right } = node;
  if (!comparisons.has(operator)) return;
  const leftIsTensor = types.mayBe(left);
  if (!leftIsTensor && !types.mayBe(right)) return;
  if (types.isNullish(left) || types.isNullish(right)) return;
  const source = context.sourceCode;
  const [receiver, argument] = leftIsTensor ? [left, right] : [right, left];
  const isEqual = operator.startsWith("=");
  const elements = `${receiverText(source, receiver)}.${isEqual ? "eq" : "ne"}(${argumentText(source, argument)})`;
  const object = `${isEqual ? "" : "!"}Object.is(${argumentText(source, left)}, ${argumentText(source, right)})`;
  context.report({
    node,
    messageId: "compare",
    data: { operator, cure: quoted(elements, isEqual ? "a.eq(b)" : "a.ne(b)") },
    suggest: [replacement("elements", node, elements), replacement("object", node, object)],
  });
}
