import { jit, numpy as np } from "@jax-js/jax";
import type { ProblemReader } from "../problem.ts";
import { rootMeanSquare, type Step, serve } from "../serve.ts";
import { convNetForward } from "./jaxConvNet.ts";
import {
  type Arrays,
  type JaxArray,
  jaxArray,
  loadState,
  makeTrainingStep,
  mapArrays,
  predict,
  startJax,
} from "./jaxNet.ts";
import { productNetForward } from "./jaxProductNet.ts";
import { versionOf } from "./versionOf.ts";

/** Whether convolutions are its own, or sums of products. */
const products = process.argv[3] === "products";

function load(reader: ProblemReader, name: string): JaxArray {
  return jaxArray(reader.data(name), reader.shape(name));
}

function trainingStep(reader: ProblemReader): Step {
  const { loss, sizes, batch, layers } = reader.problem;
  const classes = sizes[sizes.length - 1];
  const x = load(reader, "x");
  const y = loss === "mse" ? load(reader, "y") : jaxArray(oneHot(reader.data("y"), classes), [batch, classes]);
  const step = makeTrainingStep(loss, layers && (products ? productNetForward : convNetForward)(layers));
  let state = loadState(reader);
  return () => {
    const [next, value] = step(state, x.ref, y.ref);
    state = next;
    return value.js(); // read every time: what nobody reads piles up, and each step gets slower than the last
  };
}

function oneHot(indices: Float32Array, classes: number): Float32Array {
  const rows = new Float32Array(indices.length * classes);
  indices.forEach((index, row) => {
    rows[row * classes + index] = 1;
  });
  return rows;
}

function inference(reader: ProblemReader): Step {
  const { parameters, statistics } = loadState(reader);
  const x = load(reader, "x");
  const compiled = jit(predict);
  const borrow = (arrays: Arrays) => mapArrays(arrays, (array) => array.ref);
  return handedOver(() => compiled(borrow(parameters), borrow(statistics), x.ref));
}

function product(reader: ProblemReader): Step {
  const [x, w] = [load(reader, "x"), load(reader, "w")];
  const multiply = jit((x: JaxArray, w: JaxArray) => np.matmul(x, w));
  return handedOver(() => multiply(x.ref, w.ref));
}

function handedOver(run: () => JaxArray): Step {
  return (read) => {
    const data: Float32Array = run().dataSync();
    return read ? rootMeanSquare(data) : undefined;
  };
}

const begin = { train: trainingStep, infer: inference, matmul: product };
const name = await startJax(versionOf("@jax-js/jax"));
const described = products ? `${name}, by products` : name;
await serve({ describe: () => described, begin: (reader) => begin[reader.problem.kind](reader) });
