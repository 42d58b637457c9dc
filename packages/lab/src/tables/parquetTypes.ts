import type { SchemaElement } from "hyparquet";

/**
 * The type of a top-level field of Parquet as DuckDB names it: the command decides by these names what
 * becomes of a column.
 */
export function duckdbType(element: SchemaElement): string {
  const { type, converted_type: converted, logical_type: logical, num_children: children, repetition_type } = element;
  if (repetition_type === "REPEATED" || converted === "LIST" || logical?.type === "LIST") return "STRUCT[]";
  if (converted === "MAP" || converted === "MAP_KEY_VALUE" || logical?.type === "MAP") return "MAP";
  if (children !== undefined) return "STRUCT";
  if (isDecimal(element)) return `DECIMAL(${element.precision ?? 18},${scaleOf(element)})`;
  if (logical?.type === "TIME" || converted === "TIME_MILLIS" || converted === "TIME_MICROS") {
    // Before the logical types, times of day were in UTC.
    const isZoned = logical?.type === "TIME" ? logical.isAdjustedToUTC : true;
    return isZoned ? "TIME WITH TIME ZONE" : "TIME";
  }
  switch (type) {
    case "BOOLEAN":
    case "FLOAT":
    case "DOUBLE":
      return type;
    case "INT32":
      return converted === "DATE" || logical?.type === "DATE" ? "DATE" : "INTEGER";
    case "INT64":
      return isTimestamp(element) ? "TIMESTAMP" : "BIGINT";
    case "INT96":
      return "TIMESTAMP";
    case "BYTE_ARRAY":
      return isText(element) ? "VARCHAR" : "BLOB";
    default:
      if (logical?.type === "UUID") return "UUID";
      if (logical?.type === "FLOAT16") return "FLOAT";
      return converted === "INTERVAL" ? "INTERVAL" : "BLOB";
  }
}

/** The field as hyparquet is told of it, so that it gives texts and otherwise the values as they are stored. */
export function storedField(element: SchemaElement): SchemaElement {
  const { converted_type: _, logical_type: logical, ...stored } = element;
  if (element.num_children !== undefined) return element;
  if (isText(element)) return { ...stored, converted_type: "UTF8" };
  const isKept = logical?.type === "FLOAT16" || logical?.type === "UUID" || isUnsigned(element);
  return isKept ? element : stored;
}

type Stored = number | bigint | boolean | string | Uint8Array;

/** The number that a stored value stands for: of dates and timestamps, milliseconds since 1970. */
export function numberIn(element: SchemaElement): (value: Stored) => number {
  if (isDecimal(element)) {
    const divisor = 10 ** scaleOf(element);
    return (value) => Number(wholeOf(value)) / divisor;
  }
  const type = duckdbType(element);
  if (type === "DATE")
    return (value) => (Math.abs(Number(value)) === farthestDay ? Number.NaN : Number(value) * 86_400_000);
  if (type === "TIMESTAMP") {
    const perMillisecond = BigInt(parts[unitOf(element)] / 1e3);
    return (value) => {
      const time = wholeOf(value);
      return time === farthestTime || time === -farthestTime ? Number.NaN : Number(time / perMillisecond);
    };
  }
  if (type === "TIME") {
    const perSecond = parts[unitOf(element)];
    return (value) => Number(value) / perSecond;
  }
  return Number;
}

/** All digits of a number, in the shortest way. */
export function digitsIn(element: SchemaElement): (value: Stored) => string {
  if (!isDecimal(element)) return String;
  const scale = scaleOf(element);
  return (value) => {
    const whole = wholeOf(value);
    const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, "0");
    const [before, behind] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
    const decimals = behind.replace(/0+$/, "");
    return `${whole < 0n ? "-" : ""}${before}${decimals === "" ? "" : `.${decimals}`}`;
  };
}

/** What DuckDB writes for dates and times that are infinite. */
const [farthestDay, farthestTime] = [2 ** 31 - 1, 2n ** 63n - 1n];

/** Parts of a second. */
const parts = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 } as const;

function unitOf({ type, converted_type, logical_type }: SchemaElement): keyof typeof parts {
  if (logical_type?.type === "TIMESTAMP" || logical_type?.type === "TIME") return logical_type.unit;
  if (type === "INT96") return "NANOS";
  return converted_type?.endsWith("_MILLIS") ? "MILLIS" : "MICROS";
}

function isTimestamp({ converted_type, logical_type }: SchemaElement): boolean {
  return logical_type?.type === "TIMESTAMP" || (converted_type?.startsWith("TIMESTAMP_") ?? false);
}

function isDecimal({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "DECIMAL" || logical_type?.type === "DECIMAL";
}

function scaleOf({ scale, logical_type }: SchemaElement): number {
  return scale ?? (logical_type?.type === "DECIMAL" ? logical_type.scale : 0);
}

function isText({ type, converted_type: converted, logical_type }: SchemaElement): boolean {
  if (type !== "BYTE_ARRAY") return false;
  const logical = logical_type?.type;
  return (
    converted === "UTF8" ||
    converted === "ENUM" ||
    converted === "JSON" ||
    logical === "STRING" ||
    logical === "ENUM" ||
    logical === "JSON"
  );
}

function isUnsigned({ converted_type, logical_type }: SchemaElement): boolean {
  return (converted_type?.startsWith("UINT_") ?? false) || (logical_type?.type === "INTEGER" && !logical_type.isSigned);
}

/** A whole number: of bytes, in two's complement, the highest first. */
function wholeOf(value: Stored): bigint {
  if (value instanceof Uint8Array) {
    const whole = value.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    return BigInt.asIntN(8 * value.length, whole);
  }
  return BigInt(value);
}
