import { runLine } from "../../../packages/cli/src/commands/run.fixture.ts";
import type { Reading } from "./reader.ts";

/** Runs a command line, for at most a few seconds: what a record asks for may rightly take longer. */
export async function command(
  args: readonly string[],
  cwd: string,
  options: { stdin?: Uint8Array; terminal?: boolean } = {},
): Promise<Reading> {
  const { code, out, err } = await runLine(args, { cwd, signal: AbortSignal.timeout(1500), ...options });
  return { code, printed: `${out}${err}`, ...(code === 0 && { value: out }) };
}
