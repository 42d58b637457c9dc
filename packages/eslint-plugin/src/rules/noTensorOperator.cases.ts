import { tester } from "../ruleTester.fixture.ts";
import { noTensorOperator } from "./noTensorOperator.ts";

/** An operator and its replacement. */
const replaced = (text: string, output: string) => ({
  code: text,
  errors: [{ messageId: "operator" as const, suggestions: [{ messageId: "replace" as const, output: output }] }],
});
tester.run("no-tensor-operator", noTensorOperator, {
  valid: [
    "n + 1 - n * 2 / 3 ** 2 % n;",
    "-n; +n; ~n; let i = 0; i++; i += 1;",
    "String(x); 'loss ' + x.item();",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the code of a case
    "`${x}`;",
    "x.item() + y.item(); x.size(0) * 2; x.numel() * 2; x.shape[0] - 1; x.data[0] & 1;",
    "x instanceof Object; 'grad' in x; typeof x; void x; x === y; !x; x ?? y; x && y;",
    // A class of the same name that is not evenkeel's.
    "{ class Tensor { valueOf() { return 1; } } const own = new Tensor(); -own; own > own; }",
    // Untyped values are not reported.
    "(anything as any) + 1;",
  ],
  invalid: [
    replaced("x + 1;", "x.add(1);"),
    replaced("x + y;", "x.add(y);"),
    replaced("1 + x;", "x.add(1);"),
    replaced("x - 1;", "x.sub(1);"),
    replaced("x * n;", "x.mul(n);"),
    replaced("x / 2;", "x.div(2);"),
    replaced("x % 2;", "x.remainder(2);"),
    replaced("x ** 2;", "x.pow(2);"),
    replaced("x > y;", "x.gt(y);"),
    replaced("0 < x;", "x.gt(0);"),
    replaced("1 >= x;", "x.le(1);"),
    replaced("1 <= x;", "x.ge(1);"),
    replaced("1 > x;", "x.lt(1);"),
    replaced("2 * x;", "x.mul(2);"),
    replaced("x <= 1;", "x.le(1);"),
    replaced("x & y;", "x.logicalAnd(y);"),
    replaced("x | y;", "x.logicalOr(y);"),
    replaced("x ^ y;", "x.logicalXor(y);"),
    replaced("weight - mean;", "weight.sub(mean);"),
    replaced("maybe! + 1;", "maybe!.add(1);"),
    replaced("operand + 1;", "operand.add(1);"),
    replaced("(flag ? x : y) * 2;", "(flag ? x : y).mul(2);"),
    replaced("x * (n, 2);", "x.mul((n, 2));"),
    replaced("x.get(0) + 1;", "x.get(0).add(1);"),
    replaced("(x as Tensor) > 0;", "(x as Tensor).gt(0);"),
    replaced("maybe?.grad! + 1;", "(maybe?.grad!).add(1);"),
    // Functions of two operands have to be imported first.
    ...["1 - x;", "2 / x;", "2 ** x;"].map((text) => ({
      code: text,
      errors: [{ messageId: "operator" as const, suggestions: null }],
    })),
    {
      code: "1 - x;",
      errors: [{ messageId: "operator", data: { operator: "-", cure: "sub(1, x)" } }],
    },
    { code: "x << 1; x >> y; let a = x; a >>>= 1;", errors: Array(3).fill({ messageId: "shift" as const }) },
    { code: "'loss ' + x; x + s; let text = s; text += x;", errors: Array(3).fill({ messageId: "text" as const }) },
    { code: "+x; Math.max(+weight, 1);", errors: Array(2).fill({ messageId: "number" as const }) },
    {
      code: "-x;",
      errors: [{ messageId: "unary", suggestions: [{ messageId: "replace", output: "x.neg();" }] }],
    },
    {
      code: "~x.gt(0);",
      errors: [{ messageId: "unary", suggestions: [{ messageId: "replace", output: "x.gt(0).logicalNot();" }] }],
    },
    {
      code: "let a = x; a += y;",
      errors: [
        {
          messageId: "operator",
          suggestions: [
            { messageId: "assign", output: "let a = x; a = a.add(y);" },
            { messageId: "inPlace", output: "let a = x; a.add_(y);" },
          ],
        },
      ],
    },
    {
      code: "let a = x; a %= 2;",
      errors: [
        {
          messageId: "operator",
          suggestions: [{ messageId: "assign", output: "let a = x; a = a.remainder(2);" }],
        },
      ],
    },
    // A number that a tensor is added to cannot become a tensor.
    { code: "let total = 0; total += x;", errors: [{ messageId: "operator", suggestions: null }] },
    { code: "let a = x; a++; --a;", errors: Array(2).fill({ messageId: "update" as const }) },
    // Types through generics, this, intersections, subclasses and renamed imports.
    ...[
      "function f<T extends Tensor>(a: T) { return -a; }",
      "function f<T extends Tensor | number>(a: T) { return -a; }",
      "import { nn } from 'evenkeel'; class Own extends nn.Parameter { twice() { return -this; } }",
      "import { Buffer as Base } from 'evenkeel/nn'; class Own<T> extends Base { value?: T } declare const own: Own<string>; -own;",
      "declare const both: Tensor & { tag: string }; -both;",
      "const [first] = list; -first;",
      "for (const { grad } of model.parameters()) if (grad !== null) -grad;",
      "function f(this: Tensor) { return -this; }",
      "-model(x);",
      "import * as evenkeel from 'evenkeel'; -evenkeel.F.mseLoss(x, y);",
      "-(null as unknown as import('evenkeel').Tensor);",
    ].map((text) => ({ code: text, errors: [{ messageId: "unary" as const, suggestions: 1 }] })),
  ],
});
