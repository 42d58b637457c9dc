import type { TSESLint, TSESTree } from "@typescript-eslint/utils";
import { defineRule, type Finding } from "../defineRule.ts";
import { argumentText, quoted, receiverText, replacement } from "../syntax.ts";
import type { TensorTypes } from "../tensorTypes.ts";

type Message = "read" | "write" | "length" | "forIn" | "replace";

/**
 * Index syntax: `x[0]` is undefined, and `x[0] = 1` gives the object a property that nothing reads.
 */
export const noTensorIndex = defineRule<Message>("no-tensor-index", {
  description: "Disallow index syntax on tensors",
  messages: {
    read: "a tensor has no elements under an index, this is undefined: use {{cure}}, which takes slices, lists, masks and tensors too",
    write:
      "this gives the object a property and changes no element of the tensor: write `x.set_(i, value)`, which takes slices, " +
      "lists, masks and tensors too",
    length: "a tensor has no length, this is undefined: use {{cure}}, or numel() for the number of elements",
    forIn: "for-in loops over the fields of the object: use `for (const row of {{name}})`",
    replace: "Write {{code}}.",
  },
  create(context, types) {
    const source = context.sourceCode;
    return {
      MemberExpression(node) {
        if (!types.mayBe(node.object)) return;
        const finding = node.computed ? element(source, types, node) : length(source, types, node);
        if (finding !== undefined) context.report(finding);
      },
      ForInStatement({ right }) {
        if (!types.mayBe(right)) return;
        context.report({
          node: right,
          messageId: "forIn",
          data: { name: quoted(receiverText(source, right), "x") },
        });
      },
    };
  },
});

type Source = Readonly<TSESLint.SourceCode>;

function element(source: Source, types: TensorTypes, node: TSESTree.MemberExpression): Finding<Message> {
  const { object, property } = node;
  if (!types.isForeignIndex(object, property)) return undefined;
  if (isWritten(node)) return { node, messageId: "write" };
  // at() does not take "0", but it takes "1:3".
  if (property.type === "Literal" && typeof property.value !== "number" && !String(property.value).includes(":")) {
    return { node, messageId: "read", data: { cure: "`x.at(i)`" } };
  }
  const code = `${receiverText(source, object)}${dot(node)}at(${argumentText(source, property)})`;
  const data = { cure: quoted(code, "x.at(i)") };
  return { node, messageId: "read", data, suggest: [replacement("replace", node, code)] };
}

function length(source: Source, types: TensorTypes, node: TSESTree.MemberExpression): Finding<Message> {
  const { object, property } = node;
  if (property.type !== "Identifier" || property.name !== "length" || types.hasProperty(object, "length"))
    return undefined;
  const code = `${receiverText(source, object)}${dot(node)}shape[0]`;
  const data = { cure: quoted(code, "x.shape[0]") };
  return { node, messageId: "length", data, suggest: [replacement("replace", node, code)] };
}

function dot({ optional }: TSESTree.MemberExpression): string {
  return optional ? "?." : ".";
}

function isWritten(node: TSESTree.MemberExpression): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "AssignmentExpression":
      return parent.left === node;
    case "UpdateExpression":
      return true;
    case "UnaryExpression":
      return parent.operator === "delete";
    default:
      return false;
  }
}
