import { because, type NdArray, refuse } from "../../core/index.ts";
import { decodeFile } from "../../io/file.ts";
import { decodeValues } from "../../io/fileDtypes.ts";
import { checkAgreement, descriptionIn } from "../model/kinds/modelDescription.ts";
import { schemaFromJSON } from "../schema/schemaJson.ts";
import { BoostedTrees, type TreesSize } from "./boostedTrees.ts";
import type { TreeModel, TreeModelParts } from "./treeModel.ts";
import { TreePreprocessing } from "./treePreprocessing.ts";

/** What the file of a tree model says beside its tensors, in `metadata.evenkeel`. */
export const treeFormat = {
  name: "evenkeel-tree-model",
  version: 1,
  caller: "TreeModel.load",
  parts: ["schema", "preprocessing", "record"],
  writers: "TreeModel.save or `evenkeel train --model trees`",
} as const;

/** The metadata of a model's file. */
export function describeTreeModel({ schema, preprocessing, record }: TreeModel): Record<string, string> {
  const description = { format: treeFormat.name, version: treeFormat.version, schema, preprocessing, record };
  return { evenkeel: JSON.stringify(description) };
}

/** @throws RangeError or TypeError saying what is wrong with the file */
export function readTreeModel(bytes: Uint8Array): TreeModelParts {
  const { tensors, metadata } = decodeFile(bytes);
  const description = descriptionIn(metadata, treeFormat);
  const schema = schemaFromJSON(description.schema);
  const preprocessing = TreePreprocessing.fromJSON(description.preprocessing);
  checkAgreement(treeFormat.caller, schema, preprocessing);
  const state = Object.fromEntries(
    tensors.map(({ name, dtype, shape, bytes: values }): [string, NdArray] => {
      return [name, { shape, ...decodeValues(name, dtype, shape, values) }];
    }),
  );
  return { schema, preprocessing, trees: treesOf(preprocessing, state), record: description.record };
}

/** @throws RangeError saying why the tensors are no trees */
function treesOf(size: TreesSize, state: Readonly<Record<string, NdArray>>): BoostedTrees {
  try {
    return new BoostedTrees({ categories: size.categories, outputs: size.outputs }, state);
  } catch (error) {
    const statement = `the tensors are no trees: ${(error as Error).message}`;
    throw because(refuse("damaged-file", treeFormat.caller, statement), error);
  }
}
