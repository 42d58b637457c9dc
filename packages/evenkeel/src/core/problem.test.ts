import { describe, expect, it } from "vitest";
import {
  check,
  checkOptions,
  type Dialect,
  finiteNumber,
  flag,
  formatProblem,
  listOf,
  numberAbove,
  numberAtLeast,
  oneOf,
  orElse,
  probability,
  problemError,
  problemOf,
  recordOf,
  refuse,
  refuseGiven,
  text,
  wholeNumber,
  wrongDtype,
  wrongShape,
  wrongState,
  wrongType,
  wrongValue,
} from "./index.ts";

/** How a command line would say it: no caller, options as flags. */
const flags: Dialect = {
  place: ({ column, row }) =>
    [column, row].filter((part) => part !== undefined).join(" row ") && `${column} row ${row}: `,
  reference: ({ option, value }) =>
    value === false ? `--no-${option}` : `--${option}${value === undefined ? "" : ` ${value}`}`,
  given: (given) => ("value" in given ? String(given.value) : given.kind),
};

const patience = { option: "patience" };

const cases: readonly (readonly [error: Error, code: string, javascript: string, commandLine: string])[] = [
  [
    wrongValue("Dropout", "p", 2, "a probability from 0 to 1"),
    "wrong-value",
    "Dropout: p is 2, expected a probability from 0 to 1",
    "p is 2, expected a probability from 0 to 1",
  ],
  [
    wrongValue(
      "trainTable",
      patience,
      "two",
      "a whole number",
      text`leave it out, or give ${{ ...patience, value: false }}`,
    ),
    "wrong-value",
    'trainTable: patience is "two", expected a whole number; leave it out, or give patience: false',
    "--patience is two, expected a whole number; leave it out, or give --no-patience",
  ],
  [
    wrongType("relu", "input", new Map(), "a Tensor", "wrap arrays with tensor(...)"),
    "wrong-type",
    "relu: input is Map, expected a Tensor; wrap arrays with tensor(...)",
    "input is Map, expected a Tensor; wrap arrays with tensor(...)",
  ],
  [
    wrongType("relu", "input", Number.NaN, "a Tensor"),
    "wrong-type",
    "relu: input is NaN, expected a Tensor",
    "input is NaN, expected a Tensor",
  ],
  [
    wrongShape("", "input", [2, 3], "[N, 4]"),
    "wrong-shape",
    "input has shape [2, 3], expected [N, 4]",
    "input has shape 2,3, expected [N, 4]",
  ],
  [
    wrongDtype("mseLoss", "target", "int32", "float32"),
    "wrong-dtype",
    "mseLoss: target has dtype int32, expected float32",
    "target has dtype int32, expected float32",
  ],
  [
    wrongValue("MaxPool2d", "kernelSize", [2, "3"], "two whole numbers"),
    "wrong-value",
    'MaxPool2d: kernelSize is [2, "3"], expected two whole numbers',
    "kernelSize is 2,3, expected two whole numbers",
  ],
  [
    wrongState("backward", "the graph is freed", "call it once"),
    "wrong-state",
    "backward: the graph is freed; call it once",
    "the graph is freed; call it once",
  ],
  [
    refuseGiven("wrong-type", "Sequential", "element 0 must be a module", class ReLU {}, "make one: new ReLU(...)"),
    "wrong-type",
    "Sequential: element 0 must be a module, got the class ReLU; make one: new ReLU(...)",
    "element 0 must be a module, got the class ReLU; make one: new ReLU(...)",
  ],
  [
    refuse("conflict", "trainTable", text`${{ option: "refit", value: true }} has nothing to add`),
    "conflict",
    "trainTable: refit: true has nothing to add",
    "--refit true has nothing to add",
  ],
  [
    problemError({
      code: "wrong-value",
      where: { caller: "readTable", column: "day", row: 3 },
      statement: "holds no date",
      cure: text`say ${{ option: "kinds", key: "day", value: "date:dmy" }}`,
    }),
    "wrong-value",
    'readTable: holds no date; say kinds: { "day": "date:dmy" }',
    "day row 3: holds no date; say --kinds date:dmy",
  ],
  [
    caught(() => checkOptions("fit", { epoch: 1 }, ["epochs"])),
    "unknown-option",
    'fit: unknown option "epoch", expected epochs',
    'unknown option "epoch", expected epochs',
  ],
  [
    caught(() => checkOptions("fit", [1], ["epochs"])),
    "wrong-type",
    "fit: the options are [1], expected an object such as { epochs: ... }",
    "the options are [1], expected an object such as { epochs: ... }",
  ],
];

function caught(call: () => void): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}

describe("a problem", () => {
  it.each(cases)("%s", (error, code, javascript, commandLine) => {
    const problem = problemOf(error);
    if (problem === undefined) throw new Error("the error has no problem");
    expect(problem.code).toBe(code);
    expect(error.message).toBe(javascript);
    for (const copy of [structuredClone(problem), JSON.parse(JSON.stringify(problem))]) {
      expect(copy).toEqual(problem);
      expect(formatProblem(copy)).toBe(javascript);
      expect(formatProblem(copy, flags)).toBe(commandLine);
    }
  });

  it("decides the class of its error", () => {
    const classOf = (error: Error) => error.constructor;
    expect(cases.map(([error]) => classOf(error))).toEqual([
      ...[RangeError, RangeError, TypeError, TypeError, RangeError, TypeError],
      ...[RangeError, Error, TypeError, RangeError, RangeError, TypeError, TypeError],
    ]);
  });

  it("is an own property of the error that printing it does not show", () => {
    const error = wrongState("backward", "the graph is freed");
    expect(Object.hasOwn(error, "problem")).toBe(true);
    expect(Object.keys(error)).toEqual([]);
  });

  it("is not taken from other errors", () => {
    expect(problemOf(new Error("no"))).toBeUndefined();
    expect(problemOf(Object.assign(new Error("no"), { problem: { code: 404 } }))).toBeUndefined();
    expect(problemOf("no")).toBeUndefined();
  });

  it.each([
    ["text", '"text"'],
    [undefined, "undefined"],
    [Number.NaN, "NaN"],
    [[1, [2]], "a list of 2"],
    [[1, Number.NaN], "[1, NaN]"],
    [{ a: 1 }, "a plain object"],
    [Object.create(null), "a plain object"],
    [new Map(), "Map"],
    [Map, "the class Map"],
    [class A {}, "the class A"],
    [function f() {}, "the function f"],
    [() => 1, "the function"],
    [10n, "10n"],
  ])("says what %o is", (value, words) => {
    expect(wrongType("a", "b", value, "c").message).toBe(`a: b is ${words}, expected c`);
  });

  it("names a long list by its kind", () => {
    expect(wrongValue("a", "b", new Array(9).fill(1), "c").message).toBe("a: b is a list of 9, expected c");
  });
});

describe("checks", () => {
  const wrong = (value: unknown, wanted: Parameters<typeof check>[3]) => caught(() => check("f", "x", value, wanted));

  it("tell a wrong kind from a wrong value", () => {
    expect(wrong("1", wholeNumber(1))).toEqual(new TypeError('f: x is "1", expected a whole number of at least 1'));
    expect(wrong(0, wholeNumber(1))).toEqual(new RangeError("f: x is 0, expected a whole number of at least 1"));
    expect(wrong(1.5, wholeNumber())).toEqual(new RangeError("f: x is 1.5, expected a whole number"));
    expect(wrong(2 ** 53, wholeNumber())).toBeInstanceOf(RangeError);
    expect(wrong(5, wholeNumber(1, 4))).toEqual(new RangeError("f: x is 5, expected a whole number from 1 to 4"));
    expect(wrong(Number.NaN, finiteNumber())).toEqual(new RangeError("f: x is NaN, expected a finite number"));
    expect(wrong(0, numberAbove(0))).toBeInstanceOf(RangeError);
    expect(wrong(-1, numberAtLeast(0))).toBeInstanceOf(RangeError);
    expect(wrong(Number.NaN, probability())).toBeInstanceOf(RangeError);
    expect(wrong(1, flag())).toEqual(new TypeError("f: x is 1, expected true or false"));
    expect(wrong("c", oneOf(["a", "b"]))).toEqual(new RangeError('f: x is "c", expected one of a, b'));
    expect(wrong(true, orElse(wholeNumber(1), false))).toEqual(
      new TypeError("f: x is true, expected a whole number of at least 1, or false"),
    );
  });

  it("let through what fits", () => {
    check("f", "x", 1, wholeNumber(1));
    check("f", "x", 4, wholeNumber(1, 4));
    check("f", "x", 0, numberAtLeast(0));
    check("f", "x", 1, probability());
    check("f", "x", false, orElse(wholeNumber(1), false));
    check("f", "x", [1, 2], listOf(wholeNumber(1), "whole numbers"));
  });

  it("read a text as a command line gives it", () => {
    expect(wholeNumber().parse?.("12")).toBe(12);
    expect(numberAbove(0).parse?.("1e-3")).toBe(0.001);
    for (const text of ["", " ", "0x10", "Infinity", "1,5", "a"]) expect(finiteNumber().parse?.(text)).toBeUndefined();
    expect(flag().parse?.("yes")).toBeUndefined();
    expect(oneOf(["a", "b"]).parse?.("b")).toBe("b");
    expect(oneOf(["a", "b"]).parse?.("c")).toBeUndefined();
    expect(orElse(wholeNumber(1), false).parse?.("false")).toBe(false);
    expect(listOf(wholeNumber(1), "whole numbers").parse?.("128, 64")).toEqual([128, 64]);
  });

  it("say which item of a list or a record cannot be read", () => {
    const list = listOf(wholeNumber(1), "whole numbers");
    const read = list.parse?.("128,a");
    expect(read !== undefined && list.fits(read)).toBe(false);
    expect(list.culprit?.(read)).toMatchObject({ at: 1, given: "a" });
    const record = recordOf(oneOf(["a", "b"]), "an object", "name=letter");
    expect(record.parse?.("x=a, y=b")).toEqual({ x: "a", y: "b" });
    expect(record.culprit?.(record.parse?.("x=a,y=c"))).toMatchObject({ at: "y", given: "c" });
    expect(record.parse?.("x")).toBeUndefined();
    expect([record.typed, orElse(orElse(record, "none"), false).typed]).toEqual([
      "name=letter",
      "name=letter, or none",
    ]);
  });

  it("count the items of a list", () => {
    const list = listOf(wholeNumber(1), "at least one whole number", { least: 1 });
    expect(wrong([], list)).toEqual(new RangeError("f: x is [], expected at least one whole number"));
    check("f", "x", [2], list);
  });
});
