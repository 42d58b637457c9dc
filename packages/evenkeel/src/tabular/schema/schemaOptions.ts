import { type Check, listOf, oneOf, option, recordOf, string } from "../../core/index.ts";
import { tasks, toldKinds } from "./schema.ts";
import { dateFormatsText, isDateFormat } from "./values/dateFormat.ts";
import { nullSpellings } from "./values/nulls.ts";
import { decimals, formatOf, thousandsSigns } from "./values/numberFormat.ts";

const column = string("the name of a column");
const columns = listOf(column, "a list of names of columns", { noun: "columns" });

const spellings = listOf(string("a text"), 'a list of texts such as ["-999"]', { noun: "spellings" });

const numberExample: Check<string> = {
  ...string("a number"),
  expected: 'a number that shows its decimal sign and its thousands, such as "1.234,56" or "1234.56"',
  fits: (example) => formatOf(example) !== undefined,
};

const dateFormat: Check<string> = {
  ...string("a format"),
  expected: `one of ${dateFormatsText}`,
  fits: isDateFormat,
};

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
  nulls: option({
    check: spellings,
    help:
      "Texts that mean that a value is missing, beside the usual ones. A number, such as -999, is missing in whatever way " +
      "it is written.",
  }),
  onlyNulls: option({
    check: spellings,
    help: "The only texts that mean that a value is missing, instead of the usual ones. Nothing at all always means it.",
    defaultText: nullSpellings.join(" "),
  }),
  decimal: option({
    check: oneOf(decimals),
    help: "The decimal sign of the numbers that are texts.",
    defaultText: "inferred for each column",
  }),
  thousands: option({
    check: oneOf(thousandsSigns),
    help: 'The sign between thousands in numbers that are texts; "" for none, " " for any space.',
    defaultText: "inferred for each column",
  }),
  numberFormats: option({
    check: recordOf(numberExample, 'an object such as { Price: "1.234,56" }', "column=example"),
    help: "How the numbers of columns are written, each by an example such as 1.234,56.",
  }),
  dateFormats: option({
    check: recordOf(dateFormat, 'an object such as { Released: "%d.%m.%Y" }', "column=format"),
    help: `How the dates of columns are written: ${dateFormatsText}.`,
  }),
};
