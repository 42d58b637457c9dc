import { expect, it } from "vitest";
import { defaultSetup, otherTable, type Setup } from "./setup.ts";

const cars: Setup = {
  ...defaultSetup,
  hidden: [7],
  steps: 900,
  target: "Year",
  times: "Year",
  constant: true,
  lr: 0.01,
};

it("gives up what belongs to the table before, and changes the network where pictures take the place of a table", () => {
  const penguins = { ...cars, ...otherTable(cars, "penguins") };
  expect(penguins).toEqual({ ...cars, table: "penguins", target: "", times: "", constant: false });
  const digits = { ...cars, ...otherTable(cars, "digits") };
  expect(digits).toMatchObject({ table: "digits", hidden: [8, 16], steps: 300, lr: 0.01, constant: false });
  const own = { ...digits, ...otherTable(digits, "own", "price") };
  expect(own).toMatchObject({ table: "own", target: "price", hidden: [50, 25], steps: 2000, lr: 0.01 });
  const again = { ...digits, hidden: [4] };
  expect({ ...again, ...otherTable(again, "digits") }).toEqual(again);
});
