import { refuse, text } from "../../core/index.ts";
import { Generator, randperm, type Seed } from "../../random/index.ts";
import type { Blocks } from "./blocks.ts";

/** How rows are drawn. */
interface Draw {
  /** The rows that are drawn from. */
  readonly rows: Int32Array;
  readonly seed: Seed;
  /** How many rows the test and the validation part are to have. */
  readonly wanted: readonly [test: number, validation: number];
  readonly stratified: boolean;
}

/**
 * Which part each row is in: 0 training, 1 test, 2 validation. Blocks come in random order; each is
 * put where it fits, into the test first. A block fits if the part lacks at least half of its rows,
 * and training keeps a row of each class.
 *
 * @param classOf the class of every row of the table; undefined for numbers
 */
export function drawParts(
  { firstOf, sizes, name }: Blocks,
  classOf: Int32Array | undefined,
  classes: number,
  { rows, seed, wanted, stratified }: Draw,
): Uint8Array {
  const n = rows.length;
  if (wanted[0] + wanted[1] === 0) return new Uint8Array(n);
  const stratumAt = (i: number) => (stratified && classOf !== undefined ? classOf[rows[i]] : 0);
  const counts = new Array<number>(stratified ? classes : 1).fill(0);
  for (let i = 0; i < n; i++) counts[stratumAt(i)]++;
  const quotas = quotasOf(wanted, counts, n);
  const keeper = new Keeper(rows, name === "groups" || stratified ? classOf : undefined, classes);
  const members = name === "groups" && classOf !== undefined ? membersOf(firstOf, sizes) : undefined;
  const order = randperm(n, new Generator(seed));
  const part = new Uint8Array(n); // of each block, at its first row
  const done = new Uint8Array(n);
  const filled = [0, 0];
  for (let k = 0; k < n; k++) {
    const first = firstOf[order[k]];
    if (done[first] === 1) continue;
    done[first] = 1;
    const [stratum, size] = [stratumAt(first), sizes[first]];
    const into = 2 * quotas[0][stratum] >= size ? 0 : 2 * quotas[1][stratum] >= size ? 1 : -1;
    if (into < 0 || !keeper.release(first, size, members)) continue;
    part[first] = into + 1;
    quotas[into][stratum] -= size;
    filled[into] += size;
    // Behind the last row that is wanted none fits.
    if (quotas[into][stratum] <= 0 && quotas.every((left) => left.every((count) => count <= 0))) break;
  }
  for (const into of [0, 1]) {
    if (wanted[into] > 0 && filled[into] === 0) fillEmpty(into + 1, part, sizes, name);
  }
  for (let i = 0; i < n; i++) part[i] = part[firstOf[i]];
  return part;
}

/** How many rows of each stratum the test and the validation part are to have. */
function quotasOf(wanted: readonly [number, number], counts: readonly number[], rows: number): number[][] {
  const left = counts.map((count) => Math.max(0, count - 1));
  const quotas = wanted.map((count) => {
    const shares = shareOut(count, counts, left);
    for (const [i, share] of shares.entries()) left[i] -= share;
    return shares;
  });
  if (quotas.some((shares, i) => wanted[i] > 0 && shares.every((share) => share === 0))) {
    throw refuse(
      "wrong-value",
      "splitRows",
      `${counts.length} classes in ${rows} rows are too many to stratify: each needs a row for training`,
      text`say ${{ option: "stratify", value: false }}, or give more rows`,
    );
  }
  return quotas;
}

/** Sees that training keeps a row, and of each class one. */
class Keeper {
  readonly #classAt: (i: number) => number;
  readonly #left: number[];

  constructor(rows: Int32Array, classOf: Int32Array | undefined, classes: number) {
    this.#classAt = classOf === undefined ? () => 0 : (i) => classOf[rows[i]];
    this.#left = new Array<number>(classOf === undefined ? 1 : classes).fill(0);
    for (let i = 0; i < rows.length; i++) this.#left[this.#classAt(i)]++;
  }

  /** Takes a block out of training, if that can be; `members` where its rows may be of several classes. */
  release(first: number, size: number, members: Members | undefined): boolean {
    if (members === undefined) {
      const stratum = this.#classAt(first);
      if (this.#left[stratum] <= size) return false;
      this.#left[stratum] -= size;
      return true;
    }
    const taken = new Map<number, number>();
    for (const i of members(first)) taken.set(this.#classAt(i), (taken.get(this.#classAt(i)) ?? 0) + 1);
    for (const [stratum, count] of taken) if (this.#left[stratum] <= count) return false;
    for (const [stratum, count] of taken) this.#left[stratum] -= count;
    return true;
  }
}

/** The rows of the block that begins with a row. */
type Members = (first: number) => Int32Array;

function membersOf(firstOf: Int32Array, sizes: Int32Array): Members {
  const start = new Int32Array(sizes.length);
  let at = 0;
  for (let i = 0; i < sizes.length; i++) {
    start[i] = at;
    at += sizes[i];
  }
  const next = start.slice();
  const rows = new Int32Array(firstOf.length);
  for (let i = 0; i < firstOf.length; i++) rows[next[firstOf[i]]++] = i;
  return (first) => rows.subarray(start[first], start[first] + sizes[first]);
}

/** Puts the smallest block of training into a part that none has fitted into. */
function fillEmpty(into: number, part: Uint8Array, sizes: Int32Array, name: Blocks["name"]): void {
  let [smallest, blocks] = [-1, 0];
  for (let i = 0; i < part.length; i++) {
    if (sizes[i] === 0 || part[i] !== 0) continue;
    blocks++;
    if (smallest < 0 || sizes[i] < sizes[smallest]) smallest = i;
  }
  if (blocks > 1) {
    part[smallest] = into;
    return;
  }
  const all = sizes.filter((size) => size > 0).length;
  throw refuse(
    "wrong-value",
    "splitRows",
    `${all} ${name === "groups" ? "groups" : "different rows"} do not fill the parts (training and the shares asked for)`,
    text`give more of them, or set ${{ option: "validation", value: 0 }}`,
  );
}

/**
 * `total` in proportion to `counts`, by largest remainder, but nowhere more than what is `left`.
 */
function shareOut(total: number, counts: readonly number[], left: readonly number[]): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  const exact = counts.map((count) => (total * count) / sum);
  const shares = exact.map((share, i) => Math.min(Math.floor(share), left[i]));
  let rest = total - shares.reduce((a, b) => a + b, 0);
  const order = counts.map((_, i) => i).sort((a, b) => exact[b] - shares[b] - (exact[a] - shares[a]) || a - b);
  for (let given = true; rest > 0 && given; ) {
    given = false;
    for (const i of order) {
      if (rest === 0 || shares[i] >= left[i]) continue;
      shares[i]++;
      rest--;
      given = true;
    }
  }
  return shares;
}
