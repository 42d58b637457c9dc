import { channelsLastFrom } from "../../packages/evenkeel/src/compile/passes/channelsLast/worth.ts";
import { type Checked, type CheckOptions, check, type Fault } from "./check.ts";
import { generate } from "./generate.ts";
import { knownFaults } from "./knownFaults.ts";
import { printed } from "./print.ts";
import { shrink } from "./shrink.ts";

/** A fault made small, as text. */
export interface Finding {
  readonly seed: number;
  readonly fault: Fault;
  readonly program: string;
}

export interface Hunt {
  readonly findings: readonly Finding[];
  readonly compositions: number;
  readonly programs: number;
  /** How many were settled in each way, or not compared. */
  readonly settled: Readonly<Record<Checked["settled"] | "invalid" | "known", number>>;
}

export interface HuntOptions {
  /** The first seed; further ones follow it. */
  readonly seed: number;
  readonly count: number;
  /** Ends early after so many seconds. */
  readonly seconds?: number;
  /** Ends early after so many findings: one fault shows in many compositions. */
  readonly mostFindings?: number;
  readonly progress?: (hunt: Hunt) => void;
}

/** Making programs takes most of the time, so not every composition is compiled in every way. */
const optionsFor = (seed: number): CheckOptions => ({ anew: seed % 6 === 0, double: seed % 7 === 0 });

/**
 * Convolutions are small here. Most keep their channels last in spite of it, as large ones do; the
 * others are as users have them.
 */
const keepsChannelsLast = (seed: number): boolean => seed % 5 !== 0;

/** Checks the compositions of a row of seeds. */
export async function hunt({
  seed,
  count,
  seconds = Infinity,
  mostFindings = 10,
  progress,
}: HuntOptions): Promise<Hunt> {
  const findings: Finding[] = [];
  const settled = { close: 0, rounding: 0, illConditioned: 0, invalid: 0, known: 0 };
  const until = performance.now() + 1000 * seconds;
  let [compositions, programs] = [0, 0];
  const soFar = (): Hunt => ({ findings, compositions, programs, settled });
  for (let i = 0; i < count && performance.now() < until && findings.length < mostFindings; i++) {
    const finding = lookAs(seed + i);
    compositions++;
    programs += finding.programs;
    settled[finding.settled]++;
    if (finding.found !== undefined) findings.push(finding.found);
    // Lets go of the programs that are not needed any more.
    if (i % 20 === 19) {
      await new Promise((resolve) => setTimeout(resolve));
      progress?.(soFar());
    }
  }
  return soFar();
}

interface Looked {
  readonly settled: keyof Hunt["settled"];
  readonly programs: number;
  readonly found?: Finding;
}

function lookAs(seed: number): Looked {
  const { products } = channelsLastFrom;
  if (keepsChannelsLast(seed)) channelsLastFrom.products = 0;
  try {
    return look(seed);
  } finally {
    channelsLastFrom.products = products;
  }
}

function look(seed: number): Looked {
  const composition = generate(seed);
  if (knownFaults.some(({ concerns }) => concerns(composition))) return { settled: "known", programs: 0 };
  const { fault, invalid, settled, programs } = check(composition, optionsFor(seed));
  if (fault === undefined) return { settled: invalid ? "invalid" : settled, programs };
  const { kind } = fault;
  const options = { anew: kind === "compiled anew", double: kind === "compiled in float64" };
  const faultOf = (smaller: typeof composition) => {
    const other = check(smaller, options).fault;
    return other?.kind === kind ? other : undefined;
  };
  const smallest = shrink(composition, (smaller) => faultOf(smaller) !== undefined);
  return { settled, programs, found: { seed, fault: faultOf(smallest) ?? fault, program: printed(smallest, kind) } };
}

export function describeFinding({ seed, fault: { kind, label, what }, program }: Finding): string {
  const mode = keepsChannelsLast(seed) && /conv/i.test(program);
  // The program alone goes another way than it did here.
  const hint = mode ? "\n// found with channelsLastFrom.products = 0 (compile/passes/channelsLast/worth.ts)" : "";
  return `// seed ${seed}, ${kind}: ${label}: ${what}${hint}\n${program}`;
}
