import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type NetworkArm, type NormArm, parseArm } from "evenkeel/study";
import { misuse } from "../../shell/errors.ts";
import { reasonOf } from "../../shell/files/writeAtomic.ts";

/** Larger files are no lists of arms. */
const mostBytes = 2 ** 20;

/**
 * The arms that `--arms` means: names such as "zscore+batch", separated by commas, or those of a JSON
 * file. What the file says of them is checked when the study is planned.
 * @throws CommandError if a name is unknown, or the file cannot be read or is no list
 */
export function armsOf(given: string, cwd: string): readonly (NormArm | NetworkArm)[] {
  return given.endsWith(".json")
    ? armsIn(given, resolve(cwd, given))
    : given.split(",").map((name) => parseArm(name.trim()));
}

const example =
  '[{"name": "wide", "options": {"network": {"hidden": [256]}}}, {"scale": "raw", "norm": "batch", "dropout": 0}]';

function armsIn(name: string, path: string): readonly (NormArm | NetworkArm)[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw misuse("unreadable", `${name} cannot be read: ${reasonOf(error, "read")}`, undefined, { cause: error });
  }
  if (text.length > mostBytes)
    throw misuse("wrong-value", `${name} has more than a megabyte`, `give a list of arms: ${example}`);
  let arms: unknown;
  try {
    arms = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw misuse("wrong-value", `${name} is no JSON: ${(error as Error).message}`, undefined, { cause: error });
  }
  if (!Array.isArray(arms)) throw misuse("wrong-type", `${name} holds no list`, `give a list of arms: ${example}`);
  return arms;
}
