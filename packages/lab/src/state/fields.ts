import { activations, norms } from "evenkeel/tabular";
import { builtinTables, heads, inputScales, optimizers, type Part, parts, type Setup } from "./setup.ts";

/** How a setting is written in a link and read from it; `undefined` for what it cannot be. */
export interface Field<T> {
  readonly write: (value: T) => string;
  readonly read: (text: string) => T | undefined;
}

/** The limits of the page: wider networks train, but no longer at the speed of a slider. */
export const limits = {
  seed: { least: 0, most: 2 ** 31 - 1 },
  layers: { least: 0, most: 6 },
  width: { least: 1, most: 512 },
  batchSize: { least: 1, most: 4096 },
  steps: { least: 10, most: 100_000 },
  lr: { least: 1e-6, most: 100 },
  momentum: { least: 1e-4, most: 1 },
  dropout: { least: 0, most: 0.95 },
} as const;

type Range = { readonly least: number; readonly most: number };

function number({ least, most }: Range): Field<number> {
  return {
    write: (value) => String(value),
    read: (text) => {
      const value = Number(text);
      return text.trim() !== "" && value >= least && value <= most ? value : undefined;
    },
  };
}

function wholeNumber(range: Range): Field<number> {
  const { write, read } = number(range);
  return {
    write,
    read: (text) => {
      const value = read(text);
      return Number.isInteger(value) ? value : undefined;
    },
  };
}

function oneOf<T extends string>(values: readonly T[]): Field<T> {
  return { write: (value) => value, read: (text) => values.find((value) => value === text) };
}

const text: Field<string> = { write: (value) => value, read: (value) => value };
const flag: Field<boolean> = {
  write: (value) => (value ? "yes" : "no"),
  read: (value) => (value === "yes" ? true : value === "no" ? false : undefined),
};

/** The width of one hidden layer. */
export const width: Field<number> = wholeNumber(limits.width);

const widths: Field<readonly number[]> = {
  write: (value) => value.join("-"),
  read: (value) => {
    if (value === "") return [];
    const all = value.split("-").map(width.read);
    return all.length <= limits.layers.most && all.every((width) => width !== undefined) ? all : undefined;
  },
};

const order: Field<readonly Part[]> = {
  write: (value) => value.join("-"),
  read: (value) => {
    const named = value.split("-");
    const found = named.flatMap((name) => parts.filter((part) => part === name));
    return named.length === parts.length && new Set(found).size === parts.length ? found : undefined;
  },
};

/** Every setting of a set-up, in the order of the page. */
export const fields: { readonly [K in keyof Setup]: Field<Setup[K]> } = {
  table: oneOf([...builtinTables, "own"]),
  target: text,
  seed: wholeNumber(limits.seed),
  hidden: widths,
  order,
  head: oneOf(heads),
  left: oneOf(norms),
  right: oneOf(norms),
  activation: oneOf(activations),
  dropout: number(limits.dropout),
  biasBeforeNorm: flag,
  scale: oneOf(inputScales),
  optimizer: oneOf(optimizers),
  batchSize: wholeNumber(limits.batchSize),
  steps: wholeNumber(limits.steps),
  lr: number(limits.lr),
  momentum: number(limits.momentum),
  times: text,
  constant: flag,
};
