import { decodeFile } from "../../../io/file.ts";
import { TreeModel } from "../../boosting/treeModel.ts";
import { treeFormat } from "../../boosting/treeModelFile.ts";
import { type LoadModelOptions, TableModel } from "../tableModel.ts";
import { formatIn } from "./modelDescription.ts";

/** A network with its table, or boosted trees with theirs. */
export type AnyTableModel = TableModel | TreeModel;

/**
 * Reads a model of either kind, whatever the file says that it is: a network with its table, or
 * boosted trees with theirs. Both have `schema`, `record`, `predict`, `predictRows` and `save`.
 * Trusts nothing in the file, as `TableModel.load` and `TreeModel.load` do not.
 * @throws RangeError or TypeError saying what is wrong with the file, or with an option
 */
export function loadModel(bytes: Uint8Array, options: LoadModelOptions = {}): AnyTableModel {
  const isTrees = formatIn(decodeFile(bytes).metadata) === treeFormat.name;
  return isTrees ? TreeModel.load(bytes) : TableModel.load(bytes, options);
}
