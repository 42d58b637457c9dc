import { listOf, oneOf, option, recordOf, string } from "../../core/index.ts";
import { tasks, toldKinds } from "./schema.ts";

const column = string("the name of a column");
const columns = listOf(column, "a list of names of columns", { noun: "columns" });

/** The options of `inferSchema`. */
export const schemaOptions = {
  target: option({ check: column, required: true, help: "The column to predict." }),
  task: option({
    check: oneOf(tasks),
    help: "What is predicted: a number, one of two classes, or one of several.",
    defaultText: "inferred from the target",
  }),
  features: option({
    check: columns,
    help: "The columns to predict from. A column that is named here is used even if it looks useless.",
    defaultText: "all columns but the target",
  }),
  ignore: option({ check: columns, help: "Columns to leave out." }),
  kinds: option({
    check: recordOf(oneOf(toldKinds), 'an object such as { Cylinders: "category" }', "column=kind"),
    help:
      `What columns mean, where the inferred kind is wrong: ${toldKinds.join(", ")}. "date:dmy" and "date:mdy" say which ` +
      "comes first, day or month, in dates of numbers alone.",
  }),
};
