import { mismatch, refuse } from "../../core/index.ts";
import { dateFormatAt, numberFormatAt } from "./formatJson.ts";
import { listAt, namesAt, objectAt, oneOfAt, stringAt } from "./json.ts";
import { type ColumnSchema, columnKinds, type Schema, tasks } from "./schema.ts";

/**
 * A schema that was saved as JSON. What is given may come from anywhere: all of it is checked.
 * @throws TypeError or RangeError saying what is wrong where
 */
export function schemaFromJSON(json: unknown): Schema {
  const top = objectAt("schema", json, ["columns", "target", "task"], ["classes", "nulls"]);
  const columns = listAt("schema.columns", top.columns).map((value, i): ColumnSchema => {
    const at = `schema.columns[${i}]`;
    const from = objectAt(
      at,
      value,
      ["name", "kind", "use"],
      ["numbers", "dates", "notNull", "unclear", "odd", "why", "named"],
    );
    const name = stringAt(`${at}.name`, from.name);
    const kind = oneOfAt(`${at}.kind`, from.kind, columnKinds);
    const use = oneOfAt(`${at}.use`, from.use, ["feature", "target", "ignored"]);
    return {
      name,
      kind,
      ...(from.numbers !== undefined && { numbers: numberFormatAt(`${at}.numbers`, from.numbers) }),
      ...(from.dates !== undefined && { dates: dateFormatAt(`${at}.dates`, from.dates) }),
      ...(from.notNull !== undefined && { notNull: namesAt(`${at}.notNull`, from.notNull) }),
      ...(from.unclear !== undefined && { unclear: stringAt(`${at}.unclear`, from.unclear) }),
      ...(from.odd !== undefined && { odd: stringAt(`${at}.odd`, from.odd) }),
      use,
      ...(from.why !== undefined && { why: stringAt(`${at}.why`, from.why) }),
      ...(from.named !== undefined && { named: oneOfAt(`${at}.named`, from.named, [true]) }),
    };
  });
  namesAt(
    "the names of schema.columns",
    columns.map(({ name }) => name),
  );
  const target = stringAt("schema.target", top.target);
  const targets = columns.filter(({ use }) => use === "target").map(({ name }) => name);
  if (targets.length !== 1 || targets[0] !== target) {
    throw mismatch(
      "wrong-value",
      "",
      `schema.columns has ${targets.length} targets`,
      `one, called ${JSON.stringify(target)}`,
    );
  }
  const nulls = top.nulls === undefined ? {} : { nulls: namesAt("schema.nulls", top.nulls) };
  const task = oneOfAt("schema.task", top.task, tasks);
  if (task === "regression") {
    if (top.classes !== undefined)
      throw refuse("wrong-value", "", "schema.classes is there, and regression has no classes");
    return { columns, ...nulls, target, task };
  }
  const classes = namesAt("schema.classes", top.classes, 1);
  if (task === "binary" && classes.length > 2) {
    throw mismatch("wrong-value", "", `schema.classes has ${classes.length} items`, "2 for binary");
  }
  return { columns, ...nulls, target, task, classes };
}
