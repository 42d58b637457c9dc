import { enableGrad, grad, gradcheck, noGrad, ones, type Tensor, tensor } from "evenkeel";
import { matrix, misuse, testMisuses, wrong } from "./misuse.ts";

const leaf = () => tensor([1, 2, 3], { requiresGrad: true });

/** A leaf that has a gradient already, and a loss whose graph saves values. */
function scene() {
  const x = leaf();
  x.sum().backward();
  const y = x.mul(2);
  y.retainGrad();
  const loss = y.square().sum();
  return { x, y, loss };
}

/** The scene after its backward. */
function walked() {
  const given = scene();
  given.loss.backward();
  return given;
}

/** Something whose gradient needs values of `y` that were since overwritten. */
function overwritten(write: (y: Tensor) => unknown) {
  return () => {
    const given = scene();
    write(given.y);
    return given;
  };
}

testMisuses("backward", [
  misuse("from several values", RangeError, ["only for a single value", "shape [3]", ".sum()"], scene, ({ y }) =>
    y.backward(),
  ),
  misuse(
    "twice",
    Error,
    ["saved by square are already freed", "retainGraph: true", "compute the loss again"],
    walked,
    (s) => s.loss.backward(),
  ),
  misuse("from what requires no gradient", Error, ["does not require a gradient", "noGrad()"], matrix, (x) =>
    x.sum().backward(),
  ),
  misuse("from what was computed under noGrad", Error, ["no gradFn", "under noGrad()"], leaf, (x) =>
    noGrad(() => x.square().sum()).backward(),
  ),
  misuse(
    "with a gradient of another shape",
    RangeError,
    ["shape [2]", "expected [3] and float32"],
    () => ({ ...scene(), gradient: ones([2]) }),
    ({ y, gradient }) => y.backward(gradient),
  ),
  misuse(
    "with a gradient of integers",
    RangeError,
    ["dtype int32", "expected [3] and float32"],
    () => ({ ...scene(), gradient: ones([3], { dtype: "int32" }) }),
    ({ y, gradient }) => y.backward(gradient),
  ),
  misuse(
    "with an array for a gradient",
    TypeError,
    ["the gradient is [1, 1, 1]", "expected a Tensor of shape [3]"],
    scene,
    (s) => s.y.backward(wrong([1, 1, 1])),
  ),
  misuse(
    "with the options first",
    TypeError,
    ["the gradient is a plain object", "options come second"],
    scene,
    ({ loss }) => loss.backward(wrong({ retainGraph: true })),
  ),
  misuse("with a misspelt option", TypeError, ['unknown option "retain_graph"', "retainGraph"], scene, ({ loss }) =>
    loss.backward(undefined, wrong({ retain_graph: true })),
  ),
  misuse(
    "into a .grad of another shape",
    RangeError,
    ["shape [3] was set to shape [2]", "expected its own shape", "null"],
    () => {
      const given = scene();
      given.x.grad = ones([2]);
      return given;
    },
    ({ loss }) => loss.backward(),
  ),
]);

testMisuses("backward after a write in place", [
  misuse(
    "to a saved input",
    Error,
    ["input of square", "shape [3]", "modified in place", "version 1, expected 0", "clone()"],
    overwritten((y) => noGrad(() => y.add_(1))),
    ({ loss }) => loss.backward(),
  ),
  misuse(
    "through a reshaped alias",
    Error,
    ["input of square", "modified in place", "clone()"],
    overwritten((y) => noGrad(() => y.reshape(3, 1).zero_())),
    ({ loss }) => loss.backward(),
  ),
  misuse(
    "through a detached alias",
    Error,
    ["input of square", "modified in place", "clone()"],
    overwritten((y) => y.detach().zero_()),
    ({ loss }) => loss.backward(),
  ),
  misuse(
    "by an optimizer's step",
    Error,
    ["of mul", "modified in place", "after backward()"],
    () => {
      const [x, w] = [leaf(), leaf()];
      const loss = x.mul(w).sum();
      noGrad(() => w.sub_(0.1));
      return { x, w, loss };
    },
    ({ loss }) => loss.backward(),
  ),
]);

testMisuses("writing in place where gradients are recorded", [
  misuse("to a leaf", Error, ["add_: a leaf tensor that requires a gradient", "noGrad(() => x.add_"], leaf, (x) =>
    x.add_(1),
  ),
  misuse("a draw to a leaf, which draws nothing", Error, ["uniform_: a leaf", "noGrad"], leaf, (x) => x.uniform_()),
  misuse(
    "to a view of a leaf",
    Error,
    ["zero_", "shape [3, 1]", "shares its storage", "clone()"],
    () => {
      const x = leaf();
      return { x, view: x.reshape(3, 1) };
    },
    ({ view }) => view.zero_(),
  ),
  misuse(
    "a draw to what has a view, which draws nothing",
    Error,
    ["normal_", "shares its storage", "clone()"],
    () => {
      const given = scene();
      return { ...given, view: given.y.reshape(3, 1) };
    },
    ({ y }) => y.normal_(),
  ),
]);

testMisuses("grad", [
  misuse(
    "of an input that was not used",
    Error,
    ["input 1 was not used", "allowUnused: true"],
    () => ({ ...scene(), other: leaf() }),
    ({ loss, x, other }) => grad(loss, [x, other]),
  ),
  misuse(
    "of an input that requires none",
    Error,
    ["input 0 does not require a gradient", "requiresGrad"],
    () => ({ ...scene(), other: matrix() }),
    ({ loss, other }) => grad(loss, other),
  ),
  misuse("of an input that is no tensor", TypeError, ["input 0 is undefined", "expected a Tensor"], scene, ({ loss }) =>
    grad(loss, wrong(undefined)),
  ),
  misuse("of several values", RangeError, ["only for a single value", "shape [3]"], scene, ({ x, y }) => grad(y, x)),
  misuse(
    "with a gradient too few",
    RangeError,
    ["1 gradOutputs for 2 outputs", "one for each"],
    () => ({ ...scene(), gradOutputs: [ones([3])] }),
    ({ x, y, gradOutputs }) => grad([y, y], x, { gradOutputs }),
  ),
  misuse("twice", Error, ["already freed", "retainGraph"], walked, ({ x, loss }) => grad(loss, x)),
]);

testMisuses("hooks", [
  misuse(
    "that return another shape",
    RangeError,
    ["returned shape [2]", "gradient of shape [3]"],
    () => {
      const given = scene();
      given.x.registerHook(() => ones([2]));
      return given;
    },
    ({ loss }) => loss.backward(),
  ),
  misuse(
    "that return another dtype",
    RangeError,
    ["dtype float64", "dtype float32"],
    () => {
      const given = scene();
      given.y.registerHook((gradient) => gradient.double());
      return given;
    },
    ({ loss }) => loss.backward(),
  ),
  misuse(
    "that return a number",
    TypeError,
    ["hook returned 5", "expected a Tensor"],
    () => {
      const given = scene();
      given.x.registerHook(() => wrong(5));
      return given;
    },
    ({ loss }) => loss.backward(),
  ),
  misuse("that are no functions", TypeError, ["the hook is 5", "expected a function"], leaf, (x) =>
    x.registerHook(wrong(5)),
  ),
  misuse("where no gradient comes by", Error, ["does not require a gradient", "set requiresGrad"], matrix, (x) =>
    x.registerHook(() => {}),
  ),
  misuse("retainGrad where none comes by", Error, ["does not require a gradient", "set requiresGrad"], matrix, (x) =>
    x.retainGrad(),
  ),
]);

testMisuses("grad mode and flags", [
  misuse("noGrad around an async function", TypeError, ["noGrad", "returned a promise", "synchronous"], leaf, (x) =>
    noGrad(async () => x.mul(2)),
  ),
  misuse("enableGrad around an async function", TypeError, ["enableGrad", "returned a promise"], leaf, (x) =>
    enableGrad(async () => x.mul(2)),
  ),
  misuse("noGrad of a result, not a function", TypeError, ["noGrad expects a function", "() =>"], leaf, (x) =>
    noGrad(wrong(x.mul(2))),
  ),
  misuse("a non-leaf that is to require none", Error, ["only leaf tensors", "detach()"], scene, ({ y }) => {
    y.requiresGrad = false;
  }),
  misuse(
    "integers that are to require one",
    TypeError,
    ["only float32 and float64", "int32"],
    () => tensor([1], { dtype: "int32" }),
    (x) => x.requiresGrad_(),
  ),
  misuse("gradcheck of nothing", Error, ["no input requires a gradient", "nothing to check"], matrix, (x) =>
    gradcheck((y) => y.exp(), [x]),
  ),
]);
