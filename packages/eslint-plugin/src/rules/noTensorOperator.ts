import type { TSESLint, TSESTree } from "@typescript-eslint/utils";
import { defineRule, type Finding } from "../defineRule.ts";
import { argumentText, quoted, receiverText, replacement } from "../syntax.ts";
import type { TensorTypes } from "../tensorTypes.ts";

interface Operator {
  readonly method: string;
  /** The method for swapped operands; where there is none, the function of two operands is. */
  readonly swapped?: string;
}

const operators: Readonly<Record<string, Operator>> = {
  "+": { method: "add", swapped: "add" },
  "-": { method: "sub" },
  "*": { method: "mul", swapped: "mul" },
  "/": { method: "div" },
  "%": { method: "remainder" },
  "**": { method: "pow" },
  "<": { method: "lt", swapped: "gt" },
  "<=": { method: "le", swapped: "ge" },
  ">": { method: "gt", swapped: "lt" },
  ">=": { method: "ge", swapped: "le" },
  "&": { method: "logicalAnd", swapped: "logicalAnd" },
  "|": { method: "logicalOr", swapped: "logicalOr" },
  "^": { method: "logicalXor", swapped: "logicalXor" },
};

/** Tensors have no bits to shift. */
const shifts: ReadonlySet<string> = new Set(["<<", ">>", ">>>"]);

type Message = "operator" | "shift" | "text" | "number" | "unary" | "update" | "replace" | "inPlace" | "assign";

/**
 * Arithmetic, comparisons and bitwise operators: TypeErrors at run time, and TypeScript accepts
 * `-x`, `~x` and `x > y`.
 */
export const noTensorOperator = defineRule<Message>("no-tensor-operator", {
  description: "Disallow operators on tensors",
  messages: {
    operator: "`{{operator}}` does not work on tensors, JavaScript has operators for numbers only: use {{cure}}",
    shift: "`{{operator}}` does not work on tensors: multiply or divide by a power of 2, x.mul(4)",
    text: "a tensor cannot be added to a string: use a template string, or String(x)",
    number: "`+` does not make a number of a tensor: item() gives the number of a tensor of one element",
    unary: "`{{operator}}` does not work on tensors: use {{cure}}",
    update: "`{{operator}}` does not work on tensors: use {{cure}}",
    replace: "Write {{code}}.",
    inPlace: "Write to the tensor: {{code}}.",
    assign: "Make a new tensor: {{code}}.",
  },
  create(context, types) {
    const report = (finding: Finding<Message>) => {
      if (finding !== undefined) context.report(finding);
    };
    const source = context.sourceCode;
    return {
      BinaryExpression: (node) => report(binary(source, types, node)),
      AssignmentExpression: (node) => report(assignment(source, types, node)),
      UnaryExpression: (node) => report(unary(source, types, node)),
      UpdateExpression: (node) => report(update(source, types, node)),
    };
  },
});

type Source = Readonly<TSESLint.SourceCode>;

function binary(source: Source, types: TensorTypes, node: TSESTree.BinaryExpression): Finding<Message> {
  const { operator, left, right } = node;
  const known = operators[operator];
  if (known === undefined && !shifts.has(operator)) return undefined;
  const leftIsTensor = types.mayBe(left);
  if (!leftIsTensor && !types.mayBe(right)) return undefined;
  if (known === undefined) return { node, messageId: "shift", data: { operator } };
  if (operator === "+" && (types.isString(left) || types.isString(right))) {
    return { node, messageId: "text" };
  }
  const call = (receiver: TSESTree.Node, method: string, argument: TSESTree.Node) =>
    `${receiverText(source, receiver)}.${method}(${argumentText(source, argument)})`;
  const code = leftIsTensor
    ? call(left, known.method, right)
    : known.swapped === undefined
      ? `${known.method}(${argumentText(source, left)}, ${argumentText(source, right)})`
      : call(right, known.swapped, left);
  return {
    node,
    messageId: "operator",
    data: { operator, cure: quoted(code, `a.${known.method}(b)`) },
    // The function of two operands may not be imported.
    suggest: leftIsTensor || known.swapped !== undefined ? [replacement("replace", node, code)] : [],
  };
}

function assignment(source: Source, types: TensorTypes, node: TSESTree.AssignmentExpression): Finding<Message> {
  const operator = node.operator.slice(0, -1);
  const known = operators[operator];
  if (known === undefined && !shifts.has(operator)) return undefined;
  const { left, right } = node;
  if (!types.mayBe(left) && !types.mayBe(right)) return undefined;
  if (known === undefined) return { node, messageId: "shift", data: { operator: node.operator } };
  if (operator === "+" && types.isString(left)) return { node, messageId: "text" };
  const target = receiverText(source, left);
  const argument = argumentText(source, right);
  const assign = `${target} = ${target}.${known.method}(${argument})`;
  const write = `${target}.${known.method}_(${argument})`;
  const suggest = [replacement<Message>("assign", node, assign)];
  if (types.hasProperty(left, `${known.method}_`)) suggest.push(replacement("inPlace", node, write));
  return {
    node,
    messageId: "operator",
    data: { operator: node.operator, cure: quoted(assign, `a = a.${known.method}(b)`) },
    suggest: types.mayBe(left) ? suggest : [],
  };
}

function unary(source: Source, types: TensorTypes, node: TSESTree.UnaryExpression): Finding<Message> {
  const { operator, argument } = node;
  if (!["-", "+", "~"].includes(operator) || !types.mayBe(argument)) return undefined;
  if (operator === "+") return { node, messageId: "number" };
  const method = operator === "-" ? "neg" : "logicalNot";
  const code = `${receiverText(source, argument)}.${method}()`;
  const data = { operator, cure: quoted(code, `x.${method}()`) };
  return { node, messageId: "unary", data, suggest: [replacement("replace", node, code)] };
}

function update(source: Source, types: TensorTypes, node: TSESTree.UpdateExpression): Finding<Message> {
  const { operator, argument } = node;
  if (!types.mayBe(argument)) return undefined;
  const code = `${receiverText(source, argument)}.${operator === "++" ? "add_" : "sub_"}(1)`;
  return { node, messageId: "update", data: { operator, cure: quoted(code, "x.add_(1)") } };
}
