import picocolors from "picocolors";
import { expect, test } from "vitest";
import { runProgram } from "./program.ts";

const commands = [
  "",
  "train",
  "predict",
  "evaluate",
  "study",
  "work",
  "inspect",
  "runs",
  "runs list",
  "runs show",
  "runs compare",
];

test.each(commands)("`evenkeel %s --help` fits a terminal of 80 columns, its examples too", async (command) => {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  const output = { write, writeError: write, colors: picocolors.createColors(false) };
  const args = [...command.split(" ").filter((word) => word !== ""), "--help"];
  expect(await runProgram(args, { output, cwd: ".", environment: {} })).toBe(0);
  expect(text).toMatch(/^Usage: evenkeel/);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
});
