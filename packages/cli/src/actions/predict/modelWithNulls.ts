import { type AnyTableModel, FittedPreprocessing, TableModel, TreeModel, TreePreprocessing } from "evenkeel/tabular";

/**
 * A model that takes more texts as missing, numbers among them in whatever way they are written. A
 * text that is one of its categories stays that category.
 */
export function modelWithNulls(model: AnyTableModel, nulls: readonly string[] = []): AnyTableModel {
  if (nulls.length === 0) return model;
  const all = [...new Set([...model.preprocessing.toJSON().nulls, ...nulls.map((text) => text.trim())])];
  const schema = { ...model.schema, nulls: all };
  if (model instanceof TreeModel) {
    const preprocessing = TreePreprocessing.fromJSON({ ...model.preprocessing.toJSON(), nulls: all });
    return new TreeModel({ schema, preprocessing, trees: model.trees, record: model.record });
  }
  return new TableModel({
    schema,
    preprocessing: FittedPreprocessing.fromJSON({ ...model.preprocessing.toJSON(), nulls: all }),
    network: model.network,
    record: model.record,
  });
}
