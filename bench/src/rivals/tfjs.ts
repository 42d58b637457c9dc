import tf from "@tensorflow/tfjs";
import type { ProblemReader } from "../problem.ts";
import { rootMeanSquare, type Step, serve } from "../serve.ts";
import { TfConvNet } from "./tfjsConvNet.ts";
import { makeAdam, startTf, TfNet, type TfTensor } from "./tfjsNet.ts";

function load(reader: ProblemReader, name: string): TfTensor {
  return tf.tensor(reader.data(name), reader.shape(name));
}

function trainingStep(reader: ProblemReader): Step {
  const { loss, sizes, layers } = reader.problem;
  const net = layers === undefined ? TfNet.load(reader) : new TfConvNet(reader, layers);
  const x = load(reader, "x");
  const y =
    loss === "mse" ? load(reader, "y") : tf.oneHot(tf.cast(load(reader, "y"), "int32"), sizes[sizes.length - 1]);
  const adam = makeAdam();
  const parameters = net.parameters();
  const lossOf = loss === "mse" ? tf.losses.meanSquaredError : tf.losses.softmaxCrossEntropy;
  return (read) => {
    const value = adam.minimize(() => lossOf(y, net.forward(x, true)), read, parameters);
    if (!read) return undefined;
    const [number] = value.dataSync();
    value.dispose();
    return number;
  };
}

function inference(reader: ProblemReader): Step {
  const net = TfNet.load(reader);
  const x = load(reader, "x");
  return handedOver(() => tf.tidy(() => net.forward(x, false)));
}

function product(reader: ProblemReader): Step {
  const [x, w] = [load(reader, "x"), load(reader, "w")];
  return handedOver(() => tf.matMul(x, w));
}

function handedOver(run: () => TfTensor): Step {
  return (read) => {
    const output = run();
    const data: Float32Array = output.dataSync();
    output.dispose();
    return read ? rootMeanSquare(data) : undefined;
  };
}

const begin = { train: trainingStep, infer: inference, matmul: product };
const name = await startTf();
await serve({ describe: () => name, begin: (reader) => begin[reader.problem.kind](reader) });
