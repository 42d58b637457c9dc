import { tester } from "../ruleTester.fixture.ts";
import { noTensorIndex } from "./noTensorIndex.ts";

const replaced = (code: string, output: string) => ({
  code,
  errors: [{ messageId: "read" as const, suggestions: [{ messageId: "replace" as const, output }] }],
});

tester.run("no-tensor-index", noTensorIndex, {
  valid: [
    "x.get(0); x.select(0, n); x.shape[0]; x.data[n]; list[0]; x.unbind()[0]; x.split(2)[0];",
    "x['shape']; x['add'](1); for (const key of ['add', 'sub'] as const) x[key](1); x[Symbol.toPrimitive];",
    "list.length; x.shape.length; x.data.length; for (const i in list) list[i]; for (const row of x.unbind()) row;",
    "function f<K extends keyof Tensor>(key: K) { return x[key]; }",
    "(anything as any)[0];",
    "class Own extends (x.constructor as typeof import('evenkeel').Tensor) { length = 1; } declare const own: Own; own.length;",
  ],
  invalid: [
    replaced("x[0];", "x.get(0);"),
    replaced("x[n];", "x.get(n);"),
    replaced("x[-1];", "x.get(-1);"),
    replaced("weight[n + 1];", "weight.get(n + 1);"),
    replaced("maybe?.[0];", "maybe?.get(0);"),
    replaced("(flag ? x : y)[0];", "(flag ? x : y).get(0);"),
    replaced("x.get(0)[1];", "x.get(0).get(1);"),
    replaced(
      "function f<T extends Tensor>(a: T) { return a[0]; }",
      "function f<T extends Tensor>(a: T) { return a.get(0); }",
    ),
    replaced("x[flag ? 0 : 'shape'];", "x.get(flag ? 0 : 'shape');"),
    replaced("n + x[0];", "n + x.get(0);"),
    replaced("y.copy_(x[0]);", "y.copy_(x.get(0));"),
    { code: "x['0'];", errors: [{ messageId: "read", data: { cure: "x.get(i)" } }] },
    { code: "x['1:3'];", errors: [{ messageId: "read" }] },
    {
      code: "x[0] = 1; x[n] += 2; x[0]++; delete x[0]; maybe![0] = n;",
      errors: Array(5).fill({ messageId: "write" as const }),
    },
    {
      code: "for (let i = 0; i < x.length; i++) {}",
      errors: [
        {
          messageId: "length",
          suggestions: [{ messageId: "replace", output: "for (let i = 0; i < x.shape[0]; i++) {}" }],
        },
      ],
    },
    {
      code: "maybe?.length;",
      errors: [{ messageId: "length", suggestions: [{ messageId: "replace", output: "maybe?.shape[0];" }] }],
    },
    { code: "for (const i in x) {}", errors: [{ messageId: "forIn", data: { name: "x" } }] },
  ],
});
