import type { Options } from "../../packages/evenkeel/src/core/index.ts";
import { studyOptions } from "../../packages/evenkeel/src/study/plan/options.ts";
import { boostingOptions } from "../../packages/evenkeel/src/tabular/boosting/boostingOptions.ts";
import { preprocessingOptions } from "../../packages/evenkeel/src/tabular/encoding/preprocessingOptions.ts";
import { networkOptions } from "../../packages/evenkeel/src/tabular/model/networkOptions.ts";
import { schemaOptions } from "../../packages/evenkeel/src/tabular/schema/schemaOptions.ts";
import { splitOptions } from "../../packages/evenkeel/src/tabular/table/splitOptions.ts";
import { trainTableOptions } from "../../packages/evenkeel/src/train/table/options.ts";
import { trainTreesOptions } from "../../packages/evenkeel/src/train/trees/options.ts";

/**
 * The options of a function: where they are declared, and the interface that is written of them.
 */
export interface OptionSet {
  /** The file of the declarations, without ".ts". */
  readonly file: string;
  readonly name: string;
  readonly interface: string;
  readonly about: string;
  readonly options: Options;
  /** The set whose options it has as they are, under the same names. */
  readonly extends?: OptionSet;
}

const source = "packages/evenkeel/src";

const schema: OptionSet = {
  file: `${source}/tabular/schema/schemaOptions`,
  name: "schemaOptions",
  interface: "SchemaOptions",
  about: "What is predicted from which columns.",
  options: schemaOptions,
};

export const optionSets: readonly OptionSet[] = [
  schema,
  {
    file: `${source}/tabular/boosting/boostingOptions`,
    name: "boostingOptions",
    interface: "BoostingOptions",
    about: "How boosted trees are grown.",
    options: boostingOptions,
  },
  {
    file: `${source}/tabular/encoding/preprocessingOptions`,
    name: "preprocessingOptions",
    interface: "PreprocessingOptions",
    about: "How columns become inputs and the target an output.",
    options: preprocessingOptions,
  },
  {
    file: `${source}/tabular/table/splitOptions`,
    name: "splitOptions",
    interface: "SplitOptions",
    about: "How the rows of a table are split.",
    options: splitOptions,
  },
  {
    file: `${source}/tabular/model/networkOptions`,
    name: "networkOptions",
    interface: "NetworkOptions",
    about: "The hidden part of a network for a table.",
    options: networkOptions,
  },
  {
    file: `${source}/train/table/options`,
    name: "trainTableOptions",
    interface: "TrainTableOptions",
    about: "How a network for a table is trained. Only the target is required.",
    options: trainTableOptions,
    extends: schema,
  },
  {
    file: `${source}/train/trees/options`,
    name: "trainTreesOptions",
    interface: "TrainTreesOptions",
    about: "How boosted trees for a table are trained. Only the target is required.",
    options: trainTreesOptions,
    extends: schema,
  },
  {
    file: `${source}/study/plan/options`,
    name: "studyOptions",
    interface: "StudyOptions",
    about: "What a study compares, and how. No option is required.",
    options: studyOptions,
  },
];
