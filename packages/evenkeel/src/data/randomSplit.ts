import { type GivenOptions, optional, refuse, resolveOptions, wrongType } from "../core/index.ts";
import { defaultGenerator, randperm } from "../random/index.ts";
import { generators } from "./checks.ts";
import { type DatasetLike, Subset, toDataset } from "./dataset.ts";

const splitOptions = {
  /** Where to draw from (the default generator). */
  generator: optional(generators),
};

/** One subset per length. */
type Splits<T, L extends readonly number[]> = { -readonly [K in keyof L]: Subset<T> };

/**
 * Splits a dataset at random into subsets that share nothing. `lengths` are numbers of items that
 * sum to the dataset's length, or fractions that sum to 1; of fractions, each gets the floor, and
 * what remains goes round from the first. Draws one permutation. Bit-equal to
 * https://pytorch.org/docs/stable/data.html#torch.utils.data.random_split.
 *
 * @example
 * const [train, test] = randomSplit(dataset, [0.8, 0.2], { generator: new Generator(0) });
 * @throws TypeError if an argument is of the wrong kind
 * @throws RangeError if `lengths` do not sum to the dataset's length or to 1, or are negative or
 *   not whole; nothing is drawn then
 */
export function randomSplit<T, const L extends readonly number[]>(
  dataset: DatasetLike<T>,
  lengths: L,
  options: GivenOptions<typeof splitOptions> = {},
): Splits<T, L> {
  const source = toDataset("randomSplit", "dataset", dataset);
  const { generator = defaultGenerator } = resolveOptions("randomSplit", options, splitOptions);
  const sizes = resolveLengths(source.length, lengths);
  const order = randperm(source.length, generator);
  let start = 0;
  const subsets = sizes.map((size) => {
    const subset = new Subset(source, order.subarray(start, start + size));
    start += size;
    return subset;
  });
  return subsets as Splits<T, L>;
}

function resolveLengths(total: number, lengths: readonly number[]): readonly number[] {
  if (!Array.isArray(lengths) || lengths.length === 0 || lengths.some((length) => typeof length !== "number")) {
    throw wrongType("randomSplit", "lengths", lengths, "a list of lengths or fractions");
  }
  const sum = lengths.reduce((a, b) => a + b, 0);
  const given = `lengths [${lengths.join(", ")}]`;
  if (Math.abs(sum - 1) <= 1e-9 && lengths.every((length) => length >= 0 && length <= 1)) {
    return shareOut(total, lengths);
  }
  if (lengths.some((length) => !Number.isInteger(length) || length < 0)) {
    throw refuse(
      "wrong-value",
      "randomSplit",
      `${given} are neither numbers of items nor fractions between 0 and 1 that sum to 1 (their sum is ${sum})`,
    );
  }
  if (sum !== total) {
    throw refuse(
      "wrong-value",
      "randomSplit",
      `Sum of input lengths does not equal the length of the input dataset: ${given} sum to ${sum}, ` +
        `the dataset has ${total} items`,
      "fractions such as [0.8, 0.2] fit any dataset",
    );
  }
  return lengths;
}

function shareOut(total: number, fractions: readonly number[]): number[] {
  const sizes = fractions.map((fraction) => Math.floor(total * fraction));
  const rest = total - sizes.reduce((a, b) => a + b, 0);
  for (let i = 0; i < rest; i++) sizes[i % sizes.length]++;
  return sizes;
}
