import { inferSchema, type NumberFormat, readColumn, readingOf, tableFromColumns } from "evenkeel/tabular";
import fc from "fast-check";
import { expect, it } from "vitest";

/** A number that is written in any notation is read as the same double. */

const notation = fc
  .record({
    decimal: fc.constantFrom<NumberFormat["decimal"]>(".", ","),
    other: fc.constantFrom<NumberFormat["thousands"]>("", ".", " ", "'"),
    space: fc.constantFrom(" ", "\u00a0", "\u2009", "\u202f"),
    apostrophe: fc.constantFrom("'", "’"),
    unit: fc.constantFrom("", "$", "€", "%", "kg", "USD", "km/h"),
    apart: fc.boolean(),
    accounting: fc.boolean(),
  })
  .map(({ other, ...rest }) => {
    const thousands = other === "." ? (rest.decimal === "." ? "," : ".") : other;
    return { ...rest, thousands };
  });
type Notation = typeof notation extends fc.Arbitrary<infer T> ? T : never;

/** As String writes it, without an exponent. */
const decimalText = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 0, max: 6 }))
  .map(([digits, places]) => {
    const text = String(digits).padStart(places + 1, "0");
    return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
  });

function written(text: string, isNegative: boolean, notation: Notation): string {
  const { decimal, thousands, unit, apart, accounting } = notation;
  const [whole, fraction] = text.split(".");
  const sign = { " ": notation.space, "'": notation.apostrophe }[thousands as string] ?? thousands;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, sign);
  const number = fraction === undefined ? grouped : `${grouped}${decimal}${fraction}`;
  const gap = apart ? " " : "";
  const before = /[$€]|USD/.test(unit) && apart;
  const full = unit === "" ? number : before ? `${unit}${gap}${number}` : `${number}${gap}${unit}`;
  return !isNegative ? full : accounting ? `(${full})` : `-${full}`;
}

it("in a column that shows its signs", () => {
  const column = fc.array(fc.tuple(decimalText, fc.boolean()), { minLength: 3, maxLength: 20 });
  fc.assert(
    fc.property(column, notation, (numbers, how) => {
      // Certain signs: thousands and decimals, and more numbers than one in ten can be strings.
      const all = [...numbers, ["1234567.5", false] as const, ["0.25", true] as const];
      const x = all.map(([text, isNegative]) => written(text, isNegative, how));
      const table = tableFromColumns({ x, y: all.map((_, i) => i / 7) });
      const schema = inferSchema(table, { target: "y" });
      const read = readColumn(table.columns[0], readingOf(schema, "x"));
      const expected = all.map(([text, isNegative]) => (isNegative ? -Number(text) : Number(text)));
      expect("values" in read ? [...read.values] : read.kind).toEqual(expected);
    }),
  );
});

it("by an example of it, with suffixes too", () => {
  const suffix = fc.constantFrom(["", 0], ["k", 3], ["K", 3], ["M", 6], ["bn", 9]);
  fc.assert(
    fc.property(decimalText, fc.boolean(), notation, suffix, (text, isNegative, how, [letter, zeros]) => {
      const format = { ...how, thousands: how.thousands || "'", unit: "" } as const;
      const x = `${written(text, false, { ...format, thousands: "" })}${letter}`;
      const table = tableFromColumns({ x: [isNegative ? `-${x}` : x], y: [1] });
      const example = written("1234567.5", false, format);
      const schema = inferSchema(table, { target: "y", numberFormats: { x: example } });
      const read = readColumn(table.columns[0], readingOf(schema, "x"));
      const value = Number(`${text}e${zeros}`);
      expect("values" in read && read.values[0]).toBe(isNegative ? -value : value);
    }),
  );
});
