import { spawnSync } from "node:child_process";
import { tsImport } from "tsx/esm/api";
import { engineName } from "./engineName.ts";
import type { Absent } from "./rivals.ts";

/** A Node that evenkeel runs on. */
export interface Engine {
  readonly program: string;
  readonly name: string;
  /** 24 for v24.12.0. */
  readonly major: number;
}

const engineOf = (program: string, version: string): Engine => ({
  ...{ program, name: engineName(version), major: Number(/\d+/.exec(version)?.[0]) },
});

/** The Node that runs this. */
export const here: Engine = engineOf(process.execPath, process.version);

/**
 * The Node that runs this, then one of each other major version that is asked for, out of npm and
 * installed if it is not there yet.
 */
export async function findEngines(asked: readonly string[]): Promise<(Engine | Absent)[]> {
  const [running] = process.versions.node.split(".");
  const others = [...new Set(asked)].filter((version) => version !== running);
  return [here, ...(await Promise.all(others.map(fromNpm)))];
}

async function fromNpm(version: string): Promise<Engine | Absent> {
  // The repository's scripts are run by tsx, not compiled.
  const scripts = (await tsImport("../../scripts/engines.ts", import.meta.url)) as {
    readonly hasEngines: boolean;
    readonly engine: (version: string) => string;
  };
  if (!scripts.hasEngines) return { absent: `Node ${version}: npm has builds for Linux on x64 only` };
  try {
    const program = scripts.engine(version);
    const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
    return engineOf(program, stdout.trim());
  } catch (error) {
    return { absent: `Node ${version}: ${error instanceof Error ? error.message : error}` };
  }
}

/** Whether an engine takes `f32x4.relaxed_madd`: a module with nothing else. */
export function hasRelaxedMadd({ program }: Engine): boolean {
  const hex = "0061736d0100000001080160037b7b7b017b030201000a0d010b00200020012002fd85020b";
  const { stdout } = spawnSync(program, ["-p", `WebAssembly.validate(Buffer.from("${hex}", "hex"))`]);
  return stdout.toString().trim() === "true";
}
