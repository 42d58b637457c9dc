import { expect, it } from "vitest";
import { whyNotBroken } from "../pictures/texts.ts";
import { breakNames, breaks, canBreak, toggled } from "./breaks.ts";
import { readLink, writeLink } from "./link.ts";
import { defaultSetup, parts, type Setup } from "./setup.ts";

const columns = ["weight", "power"];
const whole: Setup = { ...defaultSetup, biasBeforeNorm: false, lr: 0.0005, batchSize: 64, momentum: 0.2, dropout: 0.1 };

it.each(breakNames)("%s breaks, can be linked, and mends to the very set-up that was", (name) => {
  expect(breaks[name].isOn(whole)).toBe(false);
  const broken = toggled(name, whole, columns, undefined)!;
  const setup = { ...whole, ...broken.changes };
  expect(breaks[name].isOn(setup)).toBe(true);
  expect(readLink(writeLink(setup))).toEqual({ setup, problems: [] });
  const mended = toggled(name, setup, columns, broken.remembered)!;
  expect({ ...setup, ...mended.changes }).toEqual(whole);
});

it.each(breakNames)("%s mends also what a link broke", (name) => {
  const setup = { ...defaultSetup, ...breaks[name].on(defaultSetup, columns) };
  const mended = { ...setup, ...toggled(name, setup, columns, undefined)?.changes };
  expect(breaks[name].isOn(mended)).toBe(false);
  // What was remembered may be as broken: the button must not seem dead.
  const stuck = { ...setup, ...toggled(name, setup, columns, setup)?.changes };
  expect(breaks[name].isOn(stuck)).toBe(false);
});

it("puts dropout right before the norm, whatever the order was, and keeps a share that was set", () => {
  const after = { ...defaultSetup, order: [...parts].reverse(), dropout: 0.2 };
  expect(breaks.dropoutFirst.isOn(after)).toBe(true);
  const { changes } = toggled("dropoutFirst", defaultSetup, columns, undefined)!;
  expect(changes).toEqual({ order: ["linear", "dropout", "norm", "activation"], dropout: 0.5 });
  expect(breaks.dropoutFirst.on({ ...defaultSetup, dropout: 0.1 })).toMatchObject({ dropout: 0.1 });
});

it("multiplies no column of a table that has no numbers", () => {
  expect(toggled("million", defaultSetup, [], undefined)).toBeUndefined();
});

it("breaks of pictures only what they have, and says why not the rest", () => {
  const pictures: Setup = { ...defaultSetup, table: "digits" };
  expect(breakNames.filter((name) => !canBreak(name, pictures))).toEqual(Object.keys(whyNotBroken));
  expect(breakNames.filter((name) => toggled(name, pictures, columns, undefined) === undefined)).toEqual([
    "million",
    "constant",
  ]);
  expect(breakNames.every((name) => canBreak(name, defaultSetup))).toBe(true);
});
