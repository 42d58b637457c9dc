// Tensors: arrays of one element type with a shape. Run it with `npx tsx examples/01-tensors.ts`.
import { arange, cat, manualSeed, ones, randn, tensor, where, zeros } from "evenkeel";

// From nested arrays. Numbers become float32, as whole as they may look; booleans become bool.
const weights = tensor([
  [3504, 12],
  [3693, 11.5],
  [2372, 15],
]);
console.log("three cars, weight and acceleration:");
console.log(weights);
console.log("shape", weights.shape, "dtype", weights.dtype, "elements", weights.numel());

// From a shape, or as a range. Other dtypes are float64, int32 and bool.
console.log(zeros([2, 3]));
console.log(ones([2], { dtype: "float64" }));
console.log(arange(6, { dtype: "int32" }).reshape(2, 3));

// Arithmetic goes element by element. Shapes are aligned at their last dimension, and a size of 1
// is repeated: here a row of two means and a row of two deviations meet the three rows of the
// table. These are the z-scores of the columns.
const mean = weights.mean(0);
const deviation = weights.std(0);
const scores = weights.sub(mean).div(deviation);
console.log("z-scores:");
console.log(scores);
console.log("their standard deviations:", scores.std(0));

// Comparisons give bool tensors, and `where` chooses with them. There is no operator overloading in
// JavaScript: what PyTorch writes as x[x > 3000] = 3000 is a clamp, or a where.
const heavy = weights.select(1, 0).gt(3000);
console.log("heavier than 3000:", heavy);
console.log(where(heavy, 3000, weights.select(1, 0)));

// Rows, columns and parts. Dimensions count from the front, or with negative numbers from the back.
console.log("first row", weights.get(0));
console.log("last column", weights.select(-1, 1));
console.log("weights of rows 1 and 2", weights.slice(0, 1).select(1, 0));
console.log(cat([weights, weights.get(0).unsqueeze(0)], 0).shape, "after joining a fourth row");

// A reshape looks at the same storage; everything else that moves values copies them.
const grid = arange(6);
const view = grid.reshape(2, 3);
grid.fill_(7);
console.log("the view shows the write:");
console.log(view);

// Reductions run over all dimensions, or those given; sums are accumulated in double precision.
console.log("sum", weights.sum().item());
console.log("largest in each column", weights.max(0).values, "in row", weights.argmax(0));

// Matrix products, batches included.
console.log("[3, 2] x [2, 4] ->", weights.matmul(ones([2, 4])).shape);

// Random numbers are PyTorch's, bit for bit: torch.manual_seed(0); torch.randn(2, 3) prints this
// too.
manualSeed(0);
console.log(randn([2, 3]));

// Out again: one number, nested arrays, or the storage itself.
console.log(scores.get(0, 1).item(), weights.toArray(), weights.data);
