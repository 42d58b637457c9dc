import type { Random } from "../random.ts";

/** A table whose every cell is known before it is written: what a reader must find again. */
export interface KnownTable {
  readonly rows: number;
  readonly columns: readonly KnownColumn[];
  /** Numbers with no missing value, to be predicted. */
  readonly target: string;
  /** The signs of all its numbers. */
  readonly notation: Notation;
}

/** The signs in the numbers of a table. */
export interface Notation {
  readonly decimal: "." | ",";
  readonly thousands: "" | "," | "." | " " | "'" | "’" | "lakh";
}

export type KnownColumn = NumberKnown | BooleanKnown | DateKnown | CategoryKnown;

interface Written<Kind extends string, Value> {
  readonly name: string;
  readonly kind: Kind;
  /** Whether the kind is said to the reader, for no text shows it. */
  readonly isTold?: boolean;
  /** null where the value is missing. */
  readonly values: readonly (Value | null)[];
  /** The fields as they stand in the file, before quotes; those of missing values too. */
  readonly fields: readonly string[];
}

type NumberKnown = Written<"numeric", number>;
type BooleanKnown = Written<"boolean", boolean>;
/** Milliseconds since 1970. */
type DateKnown = Written<"date", number>;
type CategoryKnown = Written<"category", string>;

const missingWords = ["", "NA", "N/A", "n/a", "null", "NULL", "None", "NaN", "nan", "?", "-", ".", "#N/A"];
const truthWords = [
  ["false", "true"],
  ["False", "True"],
  ["no", "yes"],
  ["N", "Y"],
  ["off", "on"],
  ["F", "T"],
  ["0", "yes"],
] as const;
const affixes = [
  (text: string) => `$${text}`,
  (text: string) => `${text} €`,
  (text: string) => `${text}%`,
  (text: string) => `${text} kg`,
  (text: string) => `EUR ${text}`,
  (text: string) => `${text}pt`,
  (text: string) => `US$${text}`,
  (text: string) => `kr ${text}`,
  (text: string) => `${text} CHF`,
  (text: string) => `Rs. ${text}`,
];
const words = [
  "red",
  "green",
  "deep blue",
  'say "x"',
  "a, b",
  "x; y",
  "two\nlines",
  "two\r\nlines",
  "a\rb",
  "Grün",
  "constructor",
  "__proto__",
];
const codes = ["02116", "10001", "00501", "94105", "60601", "73301"];
const countries = ["US", "ZA", "NA", "DE", "FR", "IN"];

export function knownTable(random: Random): KnownTable {
  const rows = random.int(24, 60);
  const notation = random.pick<Notation>([
    ...[{ decimal: ".", thousands: "" } as const, { decimal: ".", thousands: "" } as const],
    ...[{ decimal: ",", thousands: "" } as const, { decimal: ".", thousands: "," } as const],
    ...[{ decimal: ",", thousands: "." } as const, { decimal: ",", thousands: " " } as const],
    ...[{ decimal: ".", thousands: "'" } as const, { decimal: ".", thousands: "’" } as const],
    { decimal: ".", thousands: "lakh" },
  ]);
  const makers = [numbers, numbers, suffixed, booleans, dates, numberDates, categories];
  const features = Array.from({ length: random.int(2, 5) }, (_, i) =>
    random.pick(makers)(`${random.pick(["x", "a b", "Größe", "constructor"])}${i}`, rows, notation, random),
  );
  const target = numbers("y", rows, notation, random, 0);
  return { rows, columns: random.shuffled([...features, target]), target: "y", notation };
}

/** The kinds that are said to the reader, for no text shows them. */
export function toldKinds({ columns }: KnownTable): Record<string, KnownColumn["kind"]> {
  return Object.fromEntries(columns.filter(({ isTold }) => isTold).map(({ name, kind }) => [name, kind]));
}

/** One row of a table. */
export function rowOf(table: KnownTable, row: number): KnownTable {
  const columns = table.columns.map((column) => {
    return { ...column, values: [column.values[row]], fields: [column.fields[row]] } as KnownColumn;
  });
  return { ...table, rows: 1, columns };
}

type Maker = (name: string, rows: number, notation: Notation, random: Random, missing?: number) => KnownColumn;

/** Missing values in a share of the rows, spelled in one or two ways. */
function withMissing<Kind extends KnownColumn["kind"], Value>(
  { name, kind }: { readonly name: string; readonly kind: Kind },
  values: readonly Value[],
  write: (value: Value) => string,
  random: Random,
  share: number,
  spellings: readonly string[] = missingWords,
): Written<Kind, Value> {
  const used = [random.pick(spellings), random.pick(spellings)];
  const present = values.map((value) => (random.chance(share) ? null : value));
  const fields = present.map((value) => (value === null ? random.pick(used) : write(value)));
  return { name, kind, values: present, fields };
}

const usualShare = (random: Random) => (random.chance(0.5) ? 0 : 0.15);

const numbers: Maker = (name, rows, notation, random, missing = usualShare(random)): NumberKnown => {
  // Fractions of three digits in a whole table are decimals to everybody, and not thousands: where
  // points are signs of thousands, the target shows what they are.
  const isClear = name === "y" && notation.thousands === ".";
  const digits = isClear ? random.pick([1, 2, 4]) : random.int(0, 4);
  const size = 10 ** random.int(0, 6);
  const values = Array.from({ length: rows }, () => {
    const drawn = Math.round((random.next() * (random.chance(0.3) ? 2 : 1) - 0.2) * size * 10 ** digits);
    return Number(`${drawn}e-${digits}`);
  });
  const isFixed = isClear || random.chance(0.6);
  const wrap = random.chance(0.3) ? random.pick(affixes) : (text: string) => text;
  const minus = random.weighted<"-" | "−" | "()" | "behind">([
    [6, "-"],
    [1, "−"],
    [2, "()"],
    [1, "behind"],
  ]);
  const write = (value: number) => {
    const plain = isFixed ? Math.abs(value).toFixed(digits) : String(Math.abs(value));
    const [whole, part] = plain.split(".");
    const grouped = groupsOf(whole, notation.thousands);
    const bare = part === undefined ? grouped : `${grouped}${notation.decimal}${part}`;
    const text = wrap(bare);
    if (value >= 0) return text;
    if (minus === "()") return `(${text})`;
    // Behind a number that has a sign, and nothing else around it: 18- is a range.
    if (minus === "behind") return text === bare && /[.,'’]/.test(bare) ? `${text}-` : `-${text}`;
    return `${minus}${text}`;
  };
  return withMissing({ name, kind: "numeric" }, values, write, random, missing);
};

function groupsOf(whole: string, thousands: Notation["thousands"]): string {
  if (thousands !== "lakh") return whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  return whole.length < 4 ? whole : `${whole.slice(0, -3).replace(/\B(?=(\d\d)+$)/g, ",")},${whole.slice(-3)}`;
}

/** Numbers such as 1.5K and 20M, some of them as they are. */
const suffixed: Maker = (name, rows, notation, random): NumberKnown => {
  const suffixes = random.pick([
    [["K", 3]],
    [["k", 3]],
    [
      ["M", 6],
      ["K", 3],
    ],
    [
      ["bn", 9],
      ["M", 6],
    ],
  ] as const);
  const wrap = random.pick([(text: string) => text, (text: string) => `$${text}`]);
  const values: number[] = [];
  const fields: string[] = [];
  for (let row = 0; row < rows; row++) {
    const [suffix, zeros] = random.chance(0.1) ? ["", 0] : random.pick<readonly [string, number]>(suffixes);
    // One digit behind the sign: that it is no sign of thousands is certain.
    const tenths = random.int(10, 9999);
    values.push(Number(`${tenths}e${zeros - 1}`));
    fields.push(wrap(`${Math.floor(tenths / 10)}${notation.decimal}${tenths % 10}${suffix}`));
  }
  return { name, kind: "numeric", values, fields };
};

const booleans: Maker = (name, rows, _notation, random): BooleanKnown => {
  const pair = random.pick(truthWords);
  // One row of each kind at least: a column of one value is constant.
  const values = Array.from({ length: rows }, (_, i) => (i < 2 ? i === 0 : random.chance(0.4)));
  const shown = (value: boolean) => pair[value ? 1 : 0];
  const write = random.chance(0.2) ? (value: boolean) => shown(value).toUpperCase() : shown;
  return withMissing({ name, kind: "boolean" }, values, write, random, usualShare(random));
};

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number) => String(value).padStart(2, "0");

const dateForms: readonly ((date: Date) => string)[] = [
  (date) => date.toISOString().slice(0, 10),
  (date) => `${date.toISOString().slice(0, 16).replace("T", " ")}`,
  (date) => `${two(date.getUTCDate())}.${two(date.getUTCMonth() + 1)}.${date.getUTCFullYear()}`,
  (date) => `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()}`,
  (date) => `${date.getUTCDate()} ${monthNames[date.getUTCMonth()]} ${date.getUTCFullYear()}`,
];

const dates: Maker = (name, rows, _notation, random): DateKnown => {
  const form = random.pick(dateForms);
  const hasTime = form === dateForms[1];
  const values = Array.from({ length: rows }, (_, i) => {
    // Some days above 12 show which number is the month.
    const day = i < 8 ? random.int(13, 28) : random.int(1, 28);
    const hour = hasTime ? random.int(0, 23) : 0;
    return Date.UTC(random.int(1950, 2030), random.int(0, 11), day, hour);
  });
  const write = (value: number) => form(new Date(value));
  return withMissing({ name, kind: "date" }, values, write, random, usualShare(random));
};

const numberForms: readonly ((date: Date) => string)[] = [
  (date) => date.toISOString().slice(0, 10).replaceAll("-", ""),
  (date) => String(date.getTime() / 1000),
  (date) => String(date.getTime()),
];

/** Dates that are numbers, and said to be dates. */
const numberDates: Maker = (name, rows, _notation, random): DateKnown => {
  const form = random.pick(numberForms);
  const values = Array.from({ length: rows }, () =>
    Date.UTC(random.int(1975, 2060), random.int(0, 11), random.int(1, 28)),
  );
  const write = (value: number) => form(new Date(value));
  return { ...withMissing({ name, kind: "date" }, values, write, random, usualShare(random)), isTold: true };
};

const categories: Maker = (name, rows, _notation, random): CategoryKnown => {
  const list = random.pick([words, codes, countries]);
  const values = Array.from({ length: rows }, (_, i) => (i < list.length ? list[i] : random.pick(list)));
  // NA is Namibia there, and no value among other categories; "None" and "-" may be a category.
  const spellings = list === countries ? [""] : ["", "NA", "N/A", "NaN"];
  return withMissing({ name, kind: "category" }, values, (value) => value, random, usualShare(random), spellings);
};
