import { tester } from "../ruleTester.fixture.ts";
import { noUnusedTensorResult } from "./noUnusedTensorResult.ts";

const imports = "import { add, compile, F, manualSeed, nn, noGrad, rand, relu as rectify } from 'evenkeel';";

tester.run("no-unused-tensor-result", noUnusedTensorResult, {
  valid: [
    "const a = x.add(1); a.mul_(2); x.add_(1).mul_(2); x.zero_(); x.requiresGrad_(); x.backward(); x.retainGrad();",
    "x.registerHook(() => {}); x.item(); x.data; void x.add(1); x.grad = x.mul(2); list.push(x.neg());",
    "list.forEach((a) => a.add_(1)); list.map((a) => a.add(1)); list.forEach((a) => { a.zero_(); });",
    // A draw moves the generator, a module may have hooks and running statistics, and so may a
    // function that is not ours.
    `${imports} rand([2]); manualSeed(0); model(x); nn.init.uniform_(x); declare function own(a: Tensor): Tensor; own(x);`,
    `${imports} F.batchNorm(x, mean, mean, { training: true }); F.dropout(x); const step = compile((a: Tensor) => a.add(1)); step(x);`,
    `${imports} noGrad(() => x.add_(1)); const b = noGrad(() => x.add(1)); noGrad(() => { x.add_(1); });`,
    "class Own extends (x.constructor as typeof import('evenkeel').Tensor) { log1(): Tensor { return this; } } declare const own: Own; own.log1();",
    "function f() { return x.add(1); } const g = () => x.add(1); (anything as any).add(1);",
  ],
  invalid: [
    {
      code: "x.add(1);",
      errors: [
        {
          messageId: "droppedInPlace",
          data: { name: "add" },
          suggestions: [{ messageId: "inPlace", output: "x.add_(1);" }],
        },
      ],
    },
    {
      code: "maybe?.clamp({ min: 0 });",
      errors: [
        { messageId: "droppedInPlace", suggestions: [{ messageId: "inPlace", output: "maybe?.clamp_({ min: 0 });" }] },
      ],
    },
    ...[
      "x.neg();",
      "x.reshape(-1);",
      "x.split(2);",
      "x.max(0);",
      "weight.detach();",
      "x.add_(1).pow(2);",
      "x.to('float64');",
    ].map((code) => ({ code, errors: [{ messageId: "dropped" as const }] })),
    ...["flag && x.neg();", "flag ? x.neg() : x.zero_();", "x.zero_(), x.neg();", "(x as Tensor).neg()!;"].map(
      (code) => ({
        code,
        errors: [{ messageId: "dropped" as const }],
      }),
    ),
    { code: `${imports} rectify(x);`, errors: [{ messageId: "dropped", data: { name: "relu" } }] },
    { code: `${imports} add(x, 1);`, errors: [{ messageId: "dropped", data: { name: "add" } }] },
    { code: `${imports} F.mseLoss(x, y);`, errors: [{ messageId: "dropped" }] },
    { code: `${imports} noGrad(() => x.neg());`, errors: [{ messageId: "dropped" }] },
    { code: `${imports} noGrad(() => { x.neg(); });`, errors: [{ messageId: "dropped" }] },
    { code: "list.forEach((a) => a.neg());", errors: [{ messageId: "dropped" }] },
    { code: "model.parameters().forEach((p) => p.neg());", errors: [{ messageId: "dropped" }] },
  ],
});
