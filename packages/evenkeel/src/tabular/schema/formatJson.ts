import { unexpected } from "../../core/index.ts";
import { objectAt, oneOfAt, stringAt } from "./json.ts";
import { type DateFormat, dateFormatsText, isDateFormat } from "./values/dateFormat.ts";
import { decimals, type NumberFormat, thousandsSigns } from "./values/numberFormat.ts";

/** @throws TypeError or RangeError unless `value` is a format of numbers */
export function numberFormatAt(at: string, value: unknown): NumberFormat {
  const from = objectAt(at, value, ["decimal", "thousands"], ["unseenThousands", "unit"]);
  const decimal = oneOfAt(`${at}.decimal`, from.decimal, decimals);
  const signs = thousandsSigns.filter((sign) => sign !== decimal);
  const thousands = oneOfAt(`${at}.thousands`, from.thousands, signs);
  const { unseenThousands } = from;
  return {
    decimal,
    thousands,
    ...(unseenThousands !== undefined && {
      unseenThousands: oneOfAt(`${at}.unseenThousands`, unseenThousands, [true]),
    }),
    ...(from.unit !== undefined && { unit: stringAt(`${at}.unit`, from.unit) }),
  };
}

/** @throws TypeError or RangeError unless `value` is a format of dates */
export function dateFormatAt(at: string, value: unknown): DateFormat {
  const format = stringAt(at, value);
  if (isDateFormat(format)) return format;
  throw unexpected("wrong-value", "", at, format, dateFormatsText);
}
