import { expect, test } from "vitest";
import { ones, type Tensor, tensor, zeros } from "../../../tensor/index.ts";
import { type CrossEntropyOptions, crossEntropy, nllLoss } from "./crossEntropy.ts";

/** Expected values are computed here from the definitions, in double, sample by sample. */

const logits = [
  [1, 2, 0.5],
  [-1, 0, 3],
  [0, 0, 0],
  [2, -2, 1],
];
const classes = [1, 0, 2, 2];
const weight = [0.5, 2, 4];
const input = tensor(logits);
const int = (values: number[]) => tensor(values, { dtype: "int32" });
const target = int(classes);

const logSoftmax = (row: number[]) => {
  const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
  return row.map((x) => x - total);
};

/** -(1 - s) * w[t] * logp[t] - s / C * sum of w[c] * logp[c] */
function lossOf(row: number[], t: number, { w = [1, 1, 1], s = 0 } = {}): number {
  const logp = logSoftmax(row);
  const spread = logp.reduce((sum, x, c) => sum + x * w[c], 0) / logp.length;
  return -(1 - s) * w[t] * logp[t] - s * spread;
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
const close = (actual: Tensor, expected: number[]) => {
  expect(actual.shape).toEqual([expected.length]);
  expected.forEach((value, i) => {
    expect(actual.data[i]).toBeCloseTo(value, 5);
  });
};

test("the three reductions", () => {
  const losses = logits.map((row, i) => lossOf(row, classes[i]));
  close(crossEntropy(input, target, { reduction: "none" }), losses);
  expect(crossEntropy(input, target, { reduction: "sum" }).item()).toBeCloseTo(sum(losses), 5);
  expect(crossEntropy(input, target).item()).toBeCloseTo(sum(losses) / 4, 5);
});

test("with class weights the mean divides by the weights of the targets", () => {
  const losses = logits.map((row, i) => lossOf(row, classes[i], { w: weight }));
  const options = { weight: tensor(weight) };
  close(crossEntropy(input, target, { ...options, reduction: "none" }), losses);
  expect(crossEntropy(input, target, options).item()).toBeCloseTo(sum(losses) / (2 + 0.5 + 4 + 4), 5);
});

test("label smoothing, with and without weights", () => {
  for (const w of [undefined, weight]) {
    const losses = logits.map((row, i) => lossOf(row, classes[i], { w, s: 0.3 }));
    const options: CrossEntropyOptions = { labelSmoothing: 0.3, weight: w && tensor(w) };
    close(crossEntropy(input, target, { ...options, reduction: "none" }), losses);
    expect(crossEntropy(input, target, options).item()).toBeCloseTo(sum(losses) / (w ? 10.5 : 4), 5);
  }
});

test("ignored targets count neither above nor below the fraction bar", () => {
  const partly = int([1, -100, 2, -100]);
  for (const w of [undefined, weight]) {
    const kept = [lossOf(logits[0], 1, { w, s: 0.3 }), lossOf(logits[2], 2, { w, s: 0.3 })];
    const options: CrossEntropyOptions = { labelSmoothing: 0.3, weight: w && tensor(w) };
    close(crossEntropy(input, partly, { ...options, reduction: "none" }), [kept[0], 0, kept[1], 0]);
    expect(crossEntropy(input, partly, options).item()).toBeCloseTo(sum(kept) / (w ? 6 : 2), 5);
  }
  const first = crossEntropy(input, target, { ignoreIndex: 2 });
  expect(first.item()).toBeCloseTo((lossOf(logits[0], 1) + lossOf(logits[1], 0)) / 2, 5);
});

test("nothing left to average gives NaN, nothing to add gives 0", () => {
  const ignored = int([-100, -100, -100, -100]);
  expect(crossEntropy(input, ignored).item()).toBeNaN();
  expect(crossEntropy(input, ignored, { reduction: "sum" }).item()).toBe(0);
  expect(crossEntropy(zeros([0, 3]), zeros([0], { dtype: "int32" })).item()).toBeNaN();
});

test("an ignored row gets no gradient, even where its probabilities underflow", () => {
  const x = tensor([
    [1, 2],
    [-Infinity, 0],
  ]).requiresGrad_();
  crossEntropy(x, int([0, -100])).backward();
  expect(Array.from(x.grad?.data.subarray(2) ?? [])).toEqual([0, 0]);
});

test("[C] with a single class, and [N, C, d1] with one class per position", () => {
  const single = crossEntropy(input.select(0, 1), target.select(0, 1));
  expect(single.shape).toEqual([]);
  expect(single.item()).toBeCloseTo(lossOf(logits[1], 0), 5);
  const positions = crossEntropy(input.T.unsqueeze(0), target.unsqueeze(0), { reduction: "none" }); // [1, 3, 4]
  expect(positions.shape).toEqual([1, 4]);
  close(
    positions.flatten(),
    logits.map((row, i) => lossOf(row, classes[i])),
  );
});

test("class probabilities; their mean divides by the rows, whatever the weights", () => {
  const target = [
    [0.2, 0.5, 0.3],
    [1, 0, 0],
    [0, 0.5, 0.5],
    [0.25, 0.25, 0.5],
  ];
  const losses = logits.map((row, i) => {
    const logp = logSoftmax(row);
    return -sum(target[i].map((p, c) => (p * 0.9 + 0.1 / 3) * weight[c] * logp[c]));
  });
  const options = { weight: tensor(weight), labelSmoothing: 0.1 };
  close(crossEntropy(input, tensor(target), { ...options, reduction: "none" }), losses);
  expect(crossEntropy(input, tensor(target), options).item()).toBeCloseTo(sum(losses) / 4, 5);
  const hard = crossEntropy(input, tensor(classes.map((t) => [0, 1, 2].map((c) => Number(c === t)))));
  expect(hard.item()).toBeCloseTo(crossEntropy(input, int(classes)).item() as number, 6);
});

test("nllLoss takes log-probabilities as they are", () => {
  const logp = logits.map(logSoftmax);
  const picked = logp.map((row, i) => -row[classes[i]]);
  close(nllLoss(tensor(logp), target, { reduction: "none" }), picked);
  expect(nllLoss(tensor(logp), target).item()).toBeCloseTo(sum(picked) / 4, 5);
  const weighed = picked.map((x, i) => x * weight[classes[i]]);
  expect(nllLoss(tensor(logp), target, { weight: tensor(weight) }).item()).toBeCloseTo(sum(weighed) / 10.5, 5);
});

test.each([crossEntropy, nllLoss])("%o names a class out of range and its position", (loss) => {
  const message = /target 3 at \[2\] is out of range for 3 classes, expected 0 to 2 or ignoreIndex/;
  expect(() => loss(input, int([0, 1, 3, 4]))).toThrow(RangeError);
  expect(() => loss(input, int([0, 1, 3, 4]))).toThrow(message);
  expect(() => loss(input, int([0, 1, 3, 4]), { weight: tensor(weight) })).toThrow(message);
  expect(() => loss(input, int([0, -1, 0, 0]))).toThrow(/target -1 at \[1\]/);
  const grid = tensor([[0, 1, 2, 9]], { dtype: "int32" });
  expect(() => loss(input.T.unsqueeze(0), grid)).toThrow(/target 9 at \[0, 3\]/);
});

test("targets of another dtype or shape", () => {
  expect(() => crossEntropy(input, tensor(classes))).toThrow(TypeError);
  expect(() => crossEntropy(input, tensor(classes))).toThrow(
    /target \[4\] has dtype float32, expected int32; convert class indices with \.int\(\)/,
  );
  expect(() => nllLoss(input, tensor(logits))).toThrow(/dtype float32, expected int32/);
  expect(() => crossEntropy(input, ones([4], { dtype: "bool" }))).toThrow(TypeError);
  expect(() => crossEntropy(input, int([0, 1]))).toThrow(/target has shape \[2\], expected \[4\].*\[4, 3\]/);
  expect(() => crossEntropy(input, target.unsqueeze(1))).toThrow(/target has shape \[4, 1\], expected \[4\]/);
  expect(() => crossEntropy(input, ones([4, 3], { dtype: "float64" }))).toThrow(/float64/);
});

test("other misuses", () => {
  expect(() => crossEntropy(input, target, { weight: ones([4]) })).toThrow(
    /weight \(one value per class\) has shape \[4\], expected \[3\]/,
  );
  expect(() => crossEntropy(input, target, { weight: ones([3], { dtype: "float64" }) })).toThrow(TypeError);
  expect(() => crossEntropy(input, target, { labelSmoothing: 1.5 })).toThrow("labelSmoothing is 1.5");
  // @ts-expect-error: no such reduction
  expect(() => crossEntropy(input, target, { reduction: "average" })).toThrow('reduction is "average"');
  expect(() => crossEntropy(tensor(1), tensor(0, { dtype: "int32" }))).toThrow(/a single value/);
  expect(() => crossEntropy(target.unsqueeze(1), target)).toThrow(/dtype int32/);
});
