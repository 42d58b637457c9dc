import type { Statement } from "../composition.ts";

/** Writes to a value of the step, or under noGrad to a tensor outside it. */
export const writes: readonly Statement[] = [
  ...["A.mul_(0.7)", "A.add_(B)", "A.add_(B, { alpha: 0.5 })", "A.sub_(B.mul(0.5))", "A.copy_(B)", "A.zero_()"],
  ...[
    "A.fill_(0.3)",
    "A.clamp_({ min: -1, max: 1 })",
    "A.div_(2)",
    "A.add_(A)",
    "A.mul_(B.tanh())",
    "A.copy_(A.neg())",
  ],
  ...["A.add_(1)", "A.detach().mul_(0.5)", "A.reshape(-1).add_(0.25)", "A.bernoulli_(0.4)"],
]
  .map<Statement>((code) => ({ code }))
  .concat([
    { code: "A.normal_()", in64: "A.copy_(randn(A.shape))" },
    { code: "A.uniform_()", in64: "A.copy_(rand(A.shape))" },
  ]);
