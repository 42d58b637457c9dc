import { tester } from "../ruleTester.fixture.ts";
import { noFrozenValueInCompiledStep } from "./noFrozenValueInCompiledStep.ts";

const imports = "import { compile, F, train } from 'evenkeel'; declare const options: train.FitOptions;";
const captured = { messageId: "captured" as const };

tester.run("no-frozen-value-in-compiled-step", noFrozenValueInCompiledStep, {
  valid: [
    "const scale = 2; const step = compile((a: Tensor) => a.mul(scale)); step(x);",
    // Assigned once, before the step is compiled, or only inside it.
    "let scale: number; scale = 2; compile((a: Tensor) => a.mul(scale));",
    "let scale = 1; if (flag) scale = 2; compile((a: Tensor) => a.mul(scale));",
    "let scale = 1; compile((a: Tensor) => a.mul(scale));",
    "compile((a: Tensor) => { let total = a; for (let i = 0; i < 3; i++) total = total.add(i); return total; });",
    "function make(scale: number) { return compile((a: Tensor) => a.mul(scale)); }",
    "let setting = 1; setting = 2; function make() { return compile((a: Tensor) => a.mul(setting)); }",
    // Every iteration of a loop has its own variable, or its own step.
    "for (let i = 0; i < 3; i++) compile((a: Tensor) => a.mul(i));",
    "for (const i of [1, 2]) compile((a: Tensor) => a.mul(i));",
    "for (;;) { let scale = 1; if (flag) scale = 2; compile((a: Tensor) => a.mul(scale)); break; }",
    // Functions that are not compiled.
    "let scale = 1; compile((a: Tensor) => a.mul(scale), { compile: false }); scale = 2;",
    "let scale = 1; train.fit(model, { ...options, loss: (o, t) => F.mseLoss(o, t).mul(scale), compile: false }); scale = 2;",
    "let scale = 1; train.fit(model, { ...options, onEpoch: () => { scale = Math.random(); } });",
    "let scale = 1; { const compile = (f: () => number) => f; compile(() => scale); } scale = 2;",
    "let latest; function make(step: (a: Tensor) => Tensor) { latest = compile(step); return latest; } latest = 1;",
    "const now = Date.now(); const r = Math.random(); compile((a: Tensor) => a.mul(now + r));",
    "compile((a: Tensor) => a.mul(Math.sqrt(2)).add(new Date(0).getTime()));",
    "compile((a: Tensor, Math: { random(): number }) => a.mul(Math.random()));",
    "let type: 1 | 2 = 1; compile((a: Tensor) => { type Local = typeof a; return a as Local; }); type = 2;",
  ].map((code) => `${imports} ${code}`),
  invalid: [
    ...[
      "let scale = 1; const step = compile((a: Tensor) => a.mul(scale)); scale = 2; step(x);",
      "let scale = 1; const body = (a: Tensor) => a.mul(scale); const step = compile(body); scale = 2;",
      "let scale = 1; function body(a: Tensor) { return a.mul(scale); } compile(body); scale = 2;",
      "let scale = 1; compile(function (a: Tensor) { return a.mul(scale).add(scale); }); scale++;",
      "var scale = 1; for (scale = 0; scale < 3; scale++) compile((a: Tensor) => a.mul(scale));",
      // In a loop, an assignment before the call also comes after it.
      "let scale = 1; for (const i of [1, 2]) { scale *= i; compile((a: Tensor) => a.mul(scale)); }",
      "let scale = 1; const faster = () => { scale *= 2; }; compile((a: Tensor) => a.mul(scale));",
      "function make(scale: number) { const step = compile((a: Tensor) => a.mul(scale)); scale = 2; return step; }",
      "let weights = x; compile((a: Tensor) => a.mul(weights)); weights = y;",
      "let scale = 1; compile((a: Tensor) => [a].map((b) => b.mul(scale))); scale = 2;",
      "let scale = 1; train.fit(model, { ...options, loss: (o, t) => F.mseLoss(o, t).mul(scale), onEpoch: () => { scale /= 2; } });",
      "let scale = 1; const loss = (o: Tensor, t: Tensor) => F.mseLoss(o, t).mul(scale); train.fit(model, { ...options, 'loss': loss }); scale = 2;",
      "import { fit as go } from 'evenkeel/train'; let scale = 1; go(model, { ...options, loss(o, t) { return F.mseLoss(o, t).mul(scale); } }); scale = 2;",
      "import * as ek from 'evenkeel'; let scale = 1; ek.compile((a: Tensor) => a.mul(scale)); scale = 2;",
    ].map((code) => ({ code: `${imports} ${code}`, errors: [captured] })),
    {
      code: `${imports} let calls = 0; compile((a: Tensor) => { calls++; return a; });`,
      errors: [{ messageId: "written" as const, data: { name: "calls" } }],
    },
    {
      code: `${imports} let last: Tensor; compile((a: Tensor) => { last = a.mul(2); return last; });`,
      errors: [{ messageId: "written" as const }],
    },
    {
      code: `${imports} compile((a: Tensor) => a.mul(Math.random()).add(crypto.randomUUID().length));`,
      errors: [{ messageId: "random" as const }, { messageId: "random" as const }],
    },
    {
      code: `${imports} compile((a: Tensor) => a.mul(Date.now() + performance.now() + new Date().getTime()));`,
      errors: Array(3).fill({ messageId: "clock" as const }),
    },
    {
      code: `${imports} train.fit(model, { ...options, loss: (o, t) => F.mseLoss(o, t).mul(Math.random()) });`,
      errors: [{ messageId: "random" as const }],
    },
  ],
});
