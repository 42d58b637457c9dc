// Automatic differentiation: what a loss says about every number it was computed from.
import { grad, gradcheck, linspace, manualSeed, noGrad, randn, tensor, zeros } from "evenkeel";

// A tensor that requires a gradient remembers what is computed from it, and backward() walks that
// record in reverse.
const x = tensor([1, 2, 3], { requiresGrad: true });
const y = x.square().sum();
console.log("y =", y);
y.backward();
console.log("dy/dx = 2x =", x.grad);

// Gradients add up until you take them away: that is why training loops begin with zeroGrad().
x.square().sum().backward();
console.log("after a second backward:", x.grad);
x.grad = null;

// noGrad computes without recording, detach() cuts a tensor off its history.
console.log("recorded:", x.mul(2).requiresGrad, " under noGrad:", noGrad(() => x.mul(2)).requiresGrad);

// Gradients are computed by the same operations as everything else, so they can be differentiated
// again.
const t = tensor(0.5, { requiresGrad: true });
const [slope] = grad(t.sin(), t, { createGraph: true });
const [curvature] = grad(slope, t);
console.log("sin'(0.5) =", slope.item(), " sin''(0.5) =", curvature.item(), " -sin(0.5) =", -Math.sin(0.5));

// Finite differences agree. gradcheck wants float64, where they are good to a few digits; it throws
// if they differ.
const point = tensor([0.3, -1.2], { dtype: "float64", requiresGrad: true });
console.log(
  "gradcheck of tanh:",
  gradcheck((v) => v.tanh(), [point]),
);

// A value that backward needs must not be overwritten meanwhile. The error says which, and what to
// do.
const h = x.mul(2);
const z = h.square().sum();
noGrad(() => h.zero_());
try {
  z.backward();
} catch (error) {
  console.log("refused:", (error as Error).message);
}

// That is all it takes to fit a line: y = 2 u - 1 with some noise, by gradient descent.
manualSeed(0);
const u = linspace(-1, 1, 50);
const v = u
  .mul(2)
  .sub(1)
  .add(randn([50]).mul(0.1));
const a = zeros([], { requiresGrad: true });
const b = zeros([], { requiresGrad: true });
for (let step = 0; step <= 60; step++) {
  const loss = u.mul(a).add(b).sub(v).square().mean();
  if (step % 20 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(4)}`);
  loss.backward();
  noGrad(() => {
    for (const parameter of [a, b]) {
      parameter.sub_(parameter.grad!, { alpha: 0.2 });
      parameter.grad = null;
    }
  });
}
console.log(`fitted line: y = ${a.item().toFixed(3)} u ${b.item().toFixed(3)}`);
