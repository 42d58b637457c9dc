import { spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { text } from "node:stream/consumers";

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
export async function run(
  program: string,
  args: readonly string[],
  { cwd, environment = {} }: RunOptions,
): Promise<Run> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

/** The same; what a program says that fails is thrown. */
export async function mustRun(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { code, out, err } = await run(program, args, options);
  if (code !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${code}:\n${out}${err}`);
  return out;
}

/** The environment in which `node`, npm and npx are those of this Node. */
export function withNode(node: string): Record<string, string> {
  // npm sets variables for the scripts that it runs, workspaces and the cache among them.
  const own = Object.fromEntries(Object.keys(process.env).flatMap((name) => (/^npm_/i.test(name) ? [[name, ""]] : [])));
  return { ...own, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
}
