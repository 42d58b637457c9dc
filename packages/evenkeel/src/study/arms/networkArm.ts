import { checkOptions, describe, refuse, wrongType, wrongValue } from "../../core/index.ts";
import * as nn from "../../nn/index.ts";
import type { NetworkSize, Task } from "../../tabular/index.ts";
import { embeddingWidth } from "../../tabular/model/layers.ts";
import { cat, type Tensor } from "../../tensor/index.ts";
import { type Scale, scales } from "./arm.ts";
import { checkTrainingOptions, type TrainingOptions } from "./trainingOptions.ts";

/** A picture's channels, height and width. */
export type PictureShape = readonly [channels: number, height: number, width: number];

/** What a network is made for, besides the number of its inputs. */
export interface NetworkTask {
  /** 1 for regression and for two classes, otherwise the number of classes. */
  readonly outputs: number;
  readonly task: Task;
  /**
   * The shape of the pictures, if the inputs are pictures: each row of [N, features] is one
   * picture, channel by channel and row by row.
   */
  readonly picture?: PictureShape;
}

/**
 * Makes a network that maps [N, features] to [N, outputs]: values in the unit of the transformed
 * target, or logits. Columns with many categories are embedded, and the embeddings, which are among
 * the features, are trained with the network. A study calls it for every training, so it must make
 * a new network each time, and draw random numbers from evenkeel's generators only.
 */
export type MakeNetwork = (features: number, task: NetworkTask) => nn.AnyModule;

/** An arm of your own: options of the training, a function that makes the network, or both. */
export interface NetworkArm {
  /** The arm's name in tables and in ids, different from all others of the study. */
  readonly name: string;
  /** Default: the network that `options.network` describes. */
  readonly network?: MakeNetwork;
  /** Options of `trainTable` in which this arm differs from the others. */
  readonly options?: TrainingOptions;
  /** How numeric features are scaled. Default "zscore". */
  readonly scale?: Scale;
  /**
   * The version of the function's code, such as "1" or a commit. A study that is resumed reuses
   * earlier trials of an arm only if the version is the same. It refuses those of an arm without a
   * version, because it cannot tell whether the function has changed.
   */
  readonly version?: string;
  /**
   * The heading under which tables and charts list this arm with others. Default: the scale of its
   * features.
   */
  readonly group?: string;
}

const longestName = 60;

/** @throws TypeError or RangeError if a field is unknown or invalid */
export function checkNetworkArm(arm: NetworkArm): void {
  checkOptions("an arm of planStudy", arm, ["name", "network", "options", "scale", "version", "group"]);
  const { name, network, options, scale = "zscore", version, group } = arm;
  checkText("name", name);
  const who = `the arm ${describe(name)}`;
  if (network === undefined && options === undefined) {
    throw refuse("missing", "planStudy", `${who} has neither network nor options`, "give one, or both");
  }
  if (network !== undefined && typeof network !== "function") {
    throw wrongType(
      "planStudy",
      `the network of ${who}`,
      network,
      "a function such as (features) => new nn.Linear(features, 1)",
    );
  }
  if (options !== undefined) {
    checkTrainingOptions(`planStudy: options of ${who}`, options);
    if (network !== undefined && options.network !== undefined) {
      throw refuse("wrong-value", "planStudy", `${who} has a function and options.network`, "give one of them");
    }
    if (options.preprocessing?.scale !== undefined) {
      throw refuse(
        "wrong-value",
        "planStudy",
        `${who} has options.preprocessing.scale`,
        "give scale beside options instead",
      );
    }
  }
  if (!scales.includes(scale)) {
    throw wrongValue("planStudy", `the scale of ${who}`, scale, scales.join(", "));
  }
  if (version !== undefined) checkText(`version of ${who}`, version);
  if (group !== undefined) checkText(`group of ${who}`, group);
}

function checkText(what: string, text: unknown): void {
  const field = what === "name" ? "the name of an arm" : `the ${what}`;
  if (typeof text !== "string") throw wrongType("planStudy", field, text, "a text");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the regex looks for control characters
  if (text.trim() === text && text.length > 0 && text.length <= longestName && !/[\u0000-\u001f\u007f]/.test(text)) {
    return;
  }
  throw wrongValue("planStudy", field, text, `1 to ${longestName} characters on one line, without spaces around them`);
}

/**
 * A network that takes the output of embeddings: called with x [N, features] and codes [N,
 * columns].
 */
class EmbeddedInputs extends nn.Module<Tensor[]> {
  embeddings: nn.ModuleList;
  network: nn.AnyModule;

  constructor(categories: readonly number[], make: (width: number) => nn.AnyModule) {
    super();
    const widths = categories.map((count) => embeddingWidth(count, "fastai"));
    this.embeddings = new nn.ModuleList(categories.map((count, i) => new nn.Embedding(count, widths[i])));
    this.network = make(widths.reduce((sum, width) => sum + width, 0));
  }

  override forward(x: Tensor, ...[codes]: Tensor[]): Tensor {
    const embedded = Array.from(this.embeddings, (embedding, i) => embedding(codes.select(1, i)));
    return this.network(cat([x, ...embedded], 1));
  }
}

/** The network that a function makes for inputs of this size. */
export function makeNetwork(
  make: MakeNetwork,
  { features, embeddings = [], outputs }: NetworkSize,
  task: Omit<NetworkTask, "outputs">,
): nn.AnyModule {
  const full = { ...task, outputs };
  return embeddings.length === 0
    ? make(features, full)
    : new EmbeddedInputs(embeddings, (width) => make(features + width, full));
}
