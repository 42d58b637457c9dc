import { tester } from "../ruleTester.fixture.ts";
import { noTensorIndex } from "./noTensorIndex.ts";

const replaced = (code: string, output: string) => ({
  code,
  errors: [{ messageId: "read" as const, suggestions: [{ messageId: "replace" as const, output }] }],
});

tester.run("no-tensor-index", noTensorIndex, {
  valid: [
    "x.at(0); x.get(0); x.select(0, n); x.shape[0]; x.data[n]; list[0]; x.unbind()[0]; x.split(2)[0];",
    "x['shape']; x['add'](1); for (const key of ['add', 'sub'] as const) x[key](1); x[Symbol.toPrimitive];",
    "list.length; x.shape.length; x.data.length; for (const i in list) list[i]; for (const row of x) row;",
    "function f<K extends keyof Tensor>(key: K) { return x[key]; }",
    "(anything as any)[0];",
    "class Own extends (x.constructor as typeof import('evenkeel').Tensor) { length = 1; } declare const own: Own; own.length;",
  ],
  invalid: [
    replaced("x[0];", "x.at(0);"),
    replaced("x[n];", "x.at(n);"),
    replaced("x[-1];", "x.at(-1);"),
    replaced("weight[n + 1];", "weight.at(n + 1);"),
    replaced("maybe?.[0];", "maybe?.at(0);"),
    replaced("(flag ? x : y)[0];", "(flag ? x : y).at(0);"),
    replaced("x.at(0)[1];", "x.at(0).at(1);"),
    replaced(
      "function f<T extends Tensor>(a: T) { return a[0]; }",
      "function f<T extends Tensor>(a: T) { return a.at(0); }",
    ),
    replaced("x[flag ? 0 : 'shape'];", "x.at(flag ? 0 : 'shape');"),
    replaced("n + x[0];", "n + x.at(0);"),
    replaced("y.copy_(x[0]);", "y.copy_(x.at(0));"),
    { code: "x['0'];", errors: [{ messageId: "read", data: { cure: "`x.at(i)`" } }] },
    replaced("x['1:3'];", "x.at('1:3');"),
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
