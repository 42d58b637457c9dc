import { parseArgs } from "node:util";
import type { Effort } from "./measure.ts";
import { type RivalId, rivalIds } from "./rivals.ts";
import { ids } from "./workloads.ts";

export interface Options extends Effort {
  readonly only: readonly string[];
  readonly rivals: readonly RivalId[];
  readonly processRounds: number;
  /** Major versions of Node. */
  readonly nodes: readonly string[];
  /** Of evenkeel's steps and of PyTorch. */
  readonly threads: number;
  readonly blas: string | undefined;
  readonly write: boolean;
}

const help = `npm run bench -- [options]

  --only W1,W3        these workloads alone, of ${ids.join(", ")}
  --rivals torch,jax  these alone, of ${rivalIds.join(", ")}
  --nodes 20,24       evenkeel on these versions of Node, too: fetched from npm, 200 MB each
  --threads N         of evenkeel and of PyTorch; the other rivals have one (1)
  --rounds N          turns that each rival gets per workload (31)
  --turn MS           milliseconds a turn takes, at least (100)
  --process-rounds N  runs of the whole processes of W6 (5)
  --blas FOLDER       where an OpenBLAS called libblas.so.3 is, to try PyTorch with
  --write             keep the tables in bench/RESULTS.md, those of several threads in bench/RESULTS-threads.md
  --help

The rivals in JavaScript are installed apart: npm --prefix bench install
PyTorch is looked for in /usr/bin/python3, or in the Python named by the variable PYTHON.`;

/** Ends the process after printing the help, or the first thing that is wrong. */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        rivals: { type: "string" },
        nodes: { type: "string" },
        threads: { type: "string", default: "1" },
        rounds: { type: "string", default: "31" },
        turn: { type: "string", default: "100" },
        "process-rounds": { type: "string", default: "5" },
        blas: { type: "string" },
        write: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    return {
      only: choose("only", values.only, ids),
      rivals: choose("rivals", values.rivals, rivalIds),
      nodes: majorVersions(values.nodes),
      threads: positive("threads", values.threads),
      rounds: positive("rounds", values.rounds),
      turn: positive("turn", values.turn),
      processRounds: positive("process-rounds", values["process-rounds"]),
      blas: values.blas,
      write: values.write,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`);
    process.exit(2);
  }
}

function choose<T extends string>(name: string, given: string | undefined, known: readonly T[]): readonly T[] {
  if (given === undefined) return known;
  const chosen = given.split(",");
  const unknown = chosen.find((id) => !(known as readonly string[]).includes(id));
  if (unknown !== undefined) throw new RangeError(`--${name} has "${unknown}", expected some of ${known.join(", ")}`);
  return known.filter((id) => chosen.includes(id));
}

function majorVersions(given: string | undefined): readonly string[] {
  if (given === undefined) return [];
  const versions = given.split(",");
  const wrong = versions.find((version) => !/^[1-9]\d*$/.test(version));
  if (wrong !== undefined) throw new RangeError(`--nodes has "${wrong}", expected major versions such as 20,24`);
  return versions;
}

function positive(name: string, given: string): number {
  const value = Number(given);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`--${name} is ${given}, expected a whole number of at least 1`);
}
