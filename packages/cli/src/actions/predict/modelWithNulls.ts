import { FittedPreprocessing, TableModel } from "evenkeel/tabular";

/**
 * A model that takes more texts as missing, numbers among them in whatever way they are written. A
 * text that is one of its categories stays that category.
 */
export function modelWithNulls(model: TableModel, nulls: readonly string[] = []): TableModel {
  if (nulls.length === 0) return model;
  const json = model.preprocessing.toJSON();
  const all = [...new Set([...json.nulls, ...nulls.map((text) => text.trim())])];
  return new TableModel({
    schema: { ...model.schema, nulls: all },
    preprocessing: FittedPreprocessing.fromJSON({ ...json, nulls: all }),
    network: model.network,
    record: model.record,
  });
}
