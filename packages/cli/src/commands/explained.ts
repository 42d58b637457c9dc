import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { CommandContext } from "../shell/context.ts";
import { exitCodes } from "../shell/exitCodes.ts";
import { printable } from "../shell/terminal.ts";
import { UsageError } from "../shell/usageError.ts";
import { TableReadError } from "../tables/readError.ts";

/** What is needed of a command to complain. */
export interface Refusing {
  error(message: string, options: { readonly exitCode: number }): never;
}

/**
 * Does the work of a command. What is wrong with the input is said in one message, and ends the command with the code of
 * misuse; an interrupt ends it silently; any other error is a fault of the program and goes on.
 */
export async function explained(
  command: Refusing,
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (signal?.aborted) return;
    if (!(error instanceof UsageError || error instanceof TableReadError)) throw error;
    command.error(`error: ${printable(error.message)}`, { exitCode: error.exitCode });
  }
}

/** What all commands have: where they write, how they end, what they say of misuse. */
export function asUsual(command: CommandUnknownOpts, { output }: CommandContext): CommandUnknownOpts {
  return command
    .allowExcessArguments(false)
    .showHelpAfterError("(--help lists the options)")
    .configureOutput({ writeOut: output.write, writeErr: output.writeError })
    .exitOverride((error) => {
      throw Object.assign(error, { exitCode: error.exitCode === 0 ? exitCodes.finished : exitCodes.misuse });
    });
}
