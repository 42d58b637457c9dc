import { type Compiled, nn, noGrad, type Tensor } from "evenkeel";
import type { Task } from "evenkeel/tabular";
import type { Along, LayerPicture, Picture, PredictionsPicture } from "./frames.ts";
import { hasWeights } from "./layers.ts";
import { copyOf, type LabNetwork } from "./network.ts";
import { program } from "./program.ts";
import type { PreparedRows, Rows } from "./rows.ts";
import { bandOf, countMagnitudes, normOf, pooled, spreadOf } from "./spread.ts";
import { losses } from "./trainer.ts";

/** How many training rows layers are looked at with. */
const watchedRows = 128;

/** How far weights are moved against the gradient, as a share of their norm. */
const alongShares = [0, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16];

/**
 * Looks at a network without changing it: its values are copied into two others, one in train mode
 * without dropout, one in eval mode. Nothing is drawn from a generator, and the running statistics of
 * the network stay as they are.
 */
export class Observer {
  readonly #network: LabNetwork;
  /** Of the network, and of the copy in train mode. Looking for them takes longer than a step. */
  readonly #named: readonly (readonly [name: string, parameter: Tensor])[];
  readonly #copied: readonly Tensor[];
  readonly #pairs: readonly (readonly [from: Values, training: Values, evaluating: Values])[];
  readonly #watched: Compiled<[x: Tensor], Tensor[]>;
  readonly #trainOutput: Compiled<[x: Tensor], Tensor>;
  readonly #evalOutput: Compiled<[x: Tensor], Tensor>;
  readonly #hasModes: boolean;
  readonly #gradients: Compiled<[x: Tensor, y: Tensor], Tensor[]>;
  readonly #loss: Compiled<[x: Tensor, y: Tensor], Tensor>;
  #prepared: PreparedRows;
  /** The training rows that layers are looked at with. */
  #batch: Rows;
  /** The weights before the step whose change is drawn. */
  #before: Float32Array[] = [];

  constructor(network: LabNetwork, prepared: PreparedRows) {
    const { schema } = prepared;
    const [training, evaluating] = [copyOf(network), copyOf(network)];
    evaluating.eval();
    for (const module of training.modules()) if (module instanceof nn.Dropout) module.eval();
    const loss = losses[schema.task];
    const parameters = training.parameters();
    this.#network = network;
    this.#prepared = prepared;
    this.#batch = firstRows(prepared);
    this.#named = [...network.namedParameters()];
    this.#copied = parameters;
    const [from, first, second] = [network, training, evaluating].map(valuesOf);
    this.#pairs = from.map((values, i) => [values, first[i], second[i]]);
    this.#watched = program((x: Tensor) => training.watched(x).slice(1));
    this.#trainOutput = program((x: Tensor) => training.forward(x));
    // Without BatchNorm both modes are one, and one program does for both: dropout is off in either.
    this.#hasModes = training.modules().some((module) => "running_mean" in module);
    this.#evalOutput = this.#hasModes ? program((x: Tensor) => evaluating.forward(x)) : this.#trainOutput;
    this.#loss = program((x: Tensor, y: Tensor) => loss(training.forward(x), y));
    this.#gradients = program((x: Tensor, y: Tensor) => {
      for (const parameter of parameters) parameter.grad = null;
      loss(training.forward(x), y).backward();
      return parameters.map(({ grad }) => grad as Tensor);
    });
  }

  /** Looks with other rows of the same shapes from now on. */
  watch(prepared: PreparedRows): void {
    this.#prepared = prepared;
    this.#batch = firstRows(prepared);
  }

  /** Copies the network's values; what is observed is then the network as it is now. */
  take(): void {
    for (const [from, training, evaluating] of this.#pairs) {
      const values = from();
      training().set(values);
      evaluating().set(values);
    }
  }

  /** Held-out errors of what was taken: in train mode without dropout, and in eval mode. */
  errors(): { trainMode: number; evalMode: number } {
    const trainMode = heldOutError(this.#trainOutput, this.#prepared);
    return { trainMode, evalMode: this.#hasModes ? heldOutError(this.#evalOutput, this.#prepared) : trainMode };
  }

  /** Held-out predictions in eval mode of what was taken. */
  predictions(): PredictionsPicture {
    const { heldOut, pictures, preprocessing, schema, split, truth } = this.#prepared;
    const said = preprocessing.decode(noGrad(() => this.#evalOutput(heldOut[0])));
    if (said.values !== undefined) return { kind: "numbers", truth, predicted: said.values };
    const classes = schema.classes as readonly string[];
    const counts = classes.map(() => classes.map(() => 0));
    for (const [row, name] of said.classes.entries()) counts[truth[row]][classes.indexOf(name)]++;
    const wrong = pictures?.mostWrong(said, classes, truth, split.validation);
    return { kind: "classes", classes, counts, ...(wrong && { wrong }) };
  }

  /** Gives its programs back. It looks no more. */
  dispose(): void {
    for (const one of [this.#watched, this.#trainOutput, this.#evalOutput, this.#gradients, this.#loss]) one.dispose();
  }

  /** Keeps the weights, before a step whose change {@link picture} will draw. */
  beforeStep(): void {
    this.#before = this.#named.map(([, { data }]) => (data as Float32Array).slice());
  }

  /** The layers and the loss along the gradient, of what was taken after that step. */
  picture(step: number): Picture {
    const [x, y] = this.#batch;
    const given = noGrad(() => this.#watched(x).map(({ data }) => data as Float32Array));
    this.#restore();
    const gradients = this.#gradients(x, y).map(({ data }) => data as Float32Array);
    const along = this.#along(gradients);
    return { step, layers: this.#layers(given, gradients), along };
  }

  /** What the training copy's statistics became by being observed is undone. */
  #restore(): void {
    for (const [from, training] of this.#pairs) training().set(from());
  }

  #along(gradients: readonly Float32Array[]): Along {
    const [x, y] = this.#batch;
    const weights = this.#copied.map(({ data }) => data as Float32Array);
    const before = weights.map((values) => values.slice());
    const unit = normOf(before) / normOf(gradients);
    const found = alongShares.map((share) => {
      const length = unit * share;
      for (const [i, values] of weights.entries()) {
        for (let j = 0; j < values.length; j++) values[j] = before[i][j] - length * gradients[i][j];
      }
      return noGrad(() => this.#loss(x, y).item());
    });
    this.#restore();
    return { lengths: alongShares, losses: found };
  }

  #layers(given: readonly Float32Array[], gradients: readonly Float32Array[]): LayerPicture[] {
    const { specs, seen } = this.#network;
    const pictures: LayerPicture[] = [];
    for (const [at, spec] of specs.entries()) {
      if (!hasWeights(spec) || at === specs.length - 1) continue;
      const name = `layers.${at}`;
      const end = specs.findIndex((other, i) => i > at && hasWeights(other));
      const [norm, activation, output] = (["norm", "activation", "output"] as const).map((kind) => {
        return seen.findIndex((one) => one.kind === kind && one.at > at && one.at <= end);
      });
      // Where the activation comes before Linear, nothing follows the last hidden layer but the output.
      const watched = [norm, activation, output].find((position) => position >= 0) as number;
      const values = given[watched];
      const band = bandOf(values);
      const weight = this.#named.findIndex(([parameter]) => parameter === `${name}.weight`);
      const now = this.#named[weight][1].data as Float32Array;
      const was = this.#before[weight];
      const running = norm < 0 ? undefined : this.#network.batchNormAt(seen[norm].at);
      pictures.push({
        ...{ name, given: band, batch: spreadOf(values) },
        preActivation: activation < 0 || activation === watched ? band : bandOf(given[activation]),
        ...(running && {
          running: pooled(running.running_mean?.data as Float32Array, running.running_var?.data as Float32Array),
        }),
        gradients: countMagnitudes(gradients[weight]),
        updateRatio: normOf([now.map((value, i) => value - was[i])]) / normOf([was]),
      });
    }
    return pictures;
  }
}

function firstRows({ train: [x, y] }: PreparedRows): Rows {
  const rows = Math.min(watchedRows, x.shape[0]);
  return [x.narrow(0, 0, rows).clone(), y.narrow(0, 0, rows).clone()];
}

/** The memory of a value, which moves when a program takes the value into its own. */
type Values = () => Float32Array | Float64Array;

function valuesOf(network: LabNetwork): Values[] {
  const tensors = [...network.namedParameters(), ...network.namedBuffers()].map(([, tensor]) => tensor as Tensor);
  return tensors.map((tensor) => () => tensor.data as Float32Array);
}

/** The held-out error of what a network says of rows, in the mode that it is in. */
export function heldOutError(
  outputOf: (x: Tensor) => Tensor,
  { heldOut, preprocessing, schema, truth }: PreparedRows,
): number {
  const output = noGrad(() => outputOf(heldOut[0]));
  return errorOf(schema.task, preprocessing.decode(output), truth, schema.classes ?? []);
}

/** The mean absolute error in the target's own unit, or the share of rows whose class is wrong. */
function errorOf(
  task: Task,
  said: ReturnType<PreparedRows["preprocessing"]["decode"]>,
  truth: Float64Array,
  classes: readonly string[],
): number {
  let sum = 0;
  if (task === "regression") {
    const values = said.values as Float64Array;
    for (let i = 0; i < truth.length; i++) sum += Math.abs(values[i] - truth[i]);
  } else {
    const named = said.classes as readonly string[];
    for (let i = 0; i < truth.length; i++) if (named[i] !== classes[truth[i]]) sum++;
  }
  return sum / truth.length;
}
