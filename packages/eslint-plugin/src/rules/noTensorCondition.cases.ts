import { tester } from "../ruleTester.fixture.ts";
import { noTensorCondition } from "./noTensorCondition.ts";

const condition = { messageId: "condition" as const, suggestions: 1 };

tester.run("no-tensor-condition", noTensorCondition, {
  valid: [
    "if (x.gt(0).any().item()) {} while (x.item() > 0) {} flag ? x : y;",
    // Checks for null, and of values that may not be tensors.
    "if (maybe) {} if (!maybe) {} maybe && x; maybe || x; maybe ? 1 : 2; while (maybe) break;",
    "if (weight.grad) {} if (!weight.grad?.grad) {} if (list.at(-1)) {} if (list.find((a) => a.size > 0)) {}",
    "declare const sometimes: { loss?: Tensor }; if (sometimes.loss) {} sometimes.loss && 1;",
    "function f(a?: Tensor) { if (a) return 1; return a ? 2 : 3; }",
    "function f<T extends Tensor | null>(a: T) { if (a) return 1; return 2; }",
    "if (flag && x.item()) {} const loss = flag && x; flag || x; x ?? y; let a = maybe; a ??= x;",
    "if (operand) {} if (anything) {} if (anything as any) {}",
    "let a: Tensor | null; while ((a = maybe)) break; for (;;) break; do {} while (flag);",
    "list.filter((a) => a.gt(0).any().item()); list.map((a) => a.gt(0)); list.filter(Boolean); list.some((a) => a.size > 1);",
    "Boolean(maybe); Boolean(n); Boolean(); { const Boolean = (a: Tensor) => a; Boolean(x); }",
    "function check(value: unknown): asserts value {} check(maybe); check(x.all().item()); check(n > 0);",
    "(list.filter as (take: (a: Tensor) => boolean) => Tensor[])((a) => a.size > 0); list[n ? 'map' : 'map']((a) => a.gt(0));",
    "declare const store: { filter(take: (a: Tensor) => Tensor): void }; store.filter((a) => a.gt(0));",
    "{ class Tensor { gt(other: number) { return this; } } const own = new Tensor(); if (own.gt(0)) {} }",
  ],
  invalid: [
    {
      code: "if (x.gt(0).any()) {}",
      errors: [
        {
          messageId: "condition",
          data: { cure: "x.gt(0).any().item()" },
          suggestions: [{ messageId: "item", output: "if (x.gt(0).any().item()) {}" }],
        },
      ],
    },
    {
      // A tensor computed by a method is used for its values, although the chain may give
      // undefined.
      code: "if (maybe?.gt(0).any()) {}",
      errors: [
        { messageId: "condition", suggestions: [{ messageId: "item", output: "if (maybe?.gt(0).any().item()) {}" }] },
      ],
    },
    {
      code: "if (flag ? x : y) {}",
      errors: [
        { messageId: "condition", suggestions: [{ messageId: "item", output: "if ((flag ? x : y).item()) {}" }] },
      ],
    },
    ...[
      "while (x.gt(0).all()) break;",
      "do {} while (x);",
      "for (let a = x; a; ) break;",
      "x ? 1 : 2;",
      "!x;",
      "if (!x.eq(y).all()) {}",
      "x && y;",
      "const either = x || y;",
      "if (flag && x) {}",
      "if ((flag && x) || flag) {}",
      "if (flag && (flag || x)) {}",
      "let a = x; a &&= y;",
      "let a = x; a ||= y;",
      "if (maybe!) {}",
      "if (maybe ?? x) {}",
      "if (weight) {}",
      "if ((x as Tensor | null)!.gt(0)) {}",
      "Boolean(x);",
      "if (maybe) { if (maybe) {} }",
      "function check(value: unknown, text?: string): asserts value {} check(x.gt(0).all(), 'all');",
      "import assert from 'node:assert/strict'; assert(x.eq(y).all());",
      "import assert from 'node:assert/strict'; assert.ok(x.eq(y).all());",
      "function f<T extends Tensor>(a: T) { return a ? 1 : 2; }",
    ].map((code) => ({ code, errors: [condition] })),
    { code: "if (x && y) {}", errors: [condition, condition] },
    { code: "if (!(x && y)) {}", errors: [condition, condition] },
    { code: "list.filter((a) => a.gt(0).any());", errors: [{ messageId: "callback", data: { method: "filter" } }] },
    {
      code: "list.some(function (a) { return a.eq(x).all(); }); list.findIndex((a) => a.eq(x)); [n].every(() => x);",
      errors: Array(3).fill({ messageId: "callback" as const }),
    },
  ],
});
