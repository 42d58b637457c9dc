import { tester } from "../ruleTester.fixture.ts";
import { noTensorIdentity } from "./noTensorIdentity.ts";

tester.run("no-tensor-identity", noTensorIdentity, {
  valid: [
    "maybe === null; maybe != null; undefined !== maybe; null == maybe; x === undefined; maybe === void 0;",
    "declare const nothing: null | undefined; maybe === nothing;",
    "x.eq(y).all().item() === 1; x.item() === y.item(); x.shape[0] === 2; x.dtype === 'float32'; n === n;",
    "Object.is(x, y); new Set(list).has(x); new Map([[x, 1]]).get(x); list.some((a) => a.eq(x).all().item());",
    "[n].includes(1); list.includes; s.includes('a'); 'abc'.indexOf(s); x.shape.indexOf(n);",
    "switch (x.item()) { case 0: break; } switch (x.dtype) { case 'bool': break; default: }",
    "declare const bag: { includes(a: Tensor): boolean }; bag.includes(x);",
    "x.constructor === y.constructor; typeof x === 'object'; model === model;",
  ],
  invalid: [
    {
      code: "x === y;",
      errors: [
        {
          messageId: "compare",
          data: { operator: "===", cure: "x.eq(y)" },
          suggestions: [
            { messageId: "elements", output: "x.eq(y);" },
            { messageId: "object", output: "Object.is(x, y);" },
          ],
        },
      ],
    },
    {
      code: "if (x != y) {}",
      errors: [
        {
          messageId: "compare",
          data: { operator: "!=", cure: "x.ne(y)" },
          suggestions: [
            { messageId: "elements", output: "if (x.ne(y)) {}" },
            { messageId: "object", output: "if (!Object.is(x, y)) {}" },
          ],
        },
      ],
    },
    {
      code: "(1 as any) == x;",
      errors: [
        {
          messageId: "compare",
          suggestions: [
            { messageId: "elements", output: "x.eq((1 as any));".replace("((1 as any))", "(1 as any)") },
            { messageId: "object", output: "Object.is(1 as any, x);" },
          ],
        },
      ],
    },
    ...["x == 1;", "maybe === x;", "maybe !== weight;", "x.get(0) == y;", "anything === x;", "operand === 0;"].map(
      (code) => ({ code, errors: [{ messageId: "compare" as const, suggestions: 2 }] }),
    ),
    {
      code: "list.includes(x); list.indexOf(maybe!); [x, y].lastIndexOf(weight); model.parameters().includes(weight);",
      errors: Array(4).fill({ messageId: "search" as const }),
    },
    {
      code: "declare const frozen: readonly Tensor[]; declare const pair: [Tensor, Tensor]; frozen.includes(x); pair?.includes(x);",
      errors: Array(2).fill({ messageId: "search" as const }),
    },
    {
      code: "switch (x) { case y: break; } switch (true) { case x.gt(0).any() as any: break; }",
      errors: [{ messageId: "switch" }],
    },
    { code: "switch (x.gt(0).any()) { case y: break; }", errors: [{ messageId: "switch" }] },
    { code: "switch (anything) { case 1: case x: break; }", errors: [{ messageId: "switch" }] },
  ],
});
