import { spawnSync } from "node:child_process";
import { delimiter, dirname } from "node:path";

/** What a program wrote, and how it ended. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], { cwd, environment = {} }: RunOptions): Run {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { code: status ?? 1, out: stdout, err: stderr };
}

/** The same; what a program says that fails is thrown. */
export function mustRun(program: string, args: readonly string[], options: RunOptions): string {
  const { code, out, err } = run(program, args, options);
  if (code !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${code}:\n${out}${err}`);
  return out;
}

/** The environment in which `node`, npm and npx are those of this Node. */
export function withNode(node: string): Record<string, string> {
  // npm sets variables for the scripts that it runs, workspaces and the cache among them.
  const own = Object.fromEntries(Object.keys(process.env).flatMap((name) => (/^npm_/i.test(name) ? [[name, ""]] : [])));
  return { ...own, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
}
