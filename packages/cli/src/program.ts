import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { TableError } from "evenkeel/tabular";
import { commandWords } from "./commands/commandWords.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { asUsual } from "./commands/explained.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { predictCommand } from "./commands/predict.ts";
import { runsCommand } from "./commands/runs.ts";
import { studyCommand } from "./commands/study.ts";
import { trainCommand } from "./commands/train.ts";
import type { CommandContext } from "./shell/context.ts";
import { exitCodes } from "./shell/exitCodes.ts";
import { printable } from "./shell/terminal.ts";
import { version } from "./shell/version.ts";

const examples = `
Examples:
  evenkeel train mpg                     a model of a built-in table
  evenkeel predict latest new-cars.csv   what it says of other rows
  evenkeel study cars.csv --target mpg   does batch normalization help on it?

\`evenkeel COMMAND --help\` lists a command's options. \`evenkeel complete bash\`
prints what makes the shell complete them; so for zsh, fish and powershell.
`;

/** The program: `evenkeel` with its commands. */
export function createProgram(context: CommandContext): CommandUnknownOpts {
  const program = new Command("evenkeel")
    .description("Neural networks on tables, and whether batch normalization helps on them.")
    .version(version)
    .addCommand(trainCommand(context))
    .addCommand(evaluateCommand(context))
    .addCommand(predictCommand(context))
    .addCommand(studyCommand(context))
    .addCommand(inspectCommand(context))
    .addCommand(runsCommand(context))
    .addHelpText("after", examples);
  configure(program, context);
  return program;
}

/** All commands alike, those of commands too. */
function configure(command: CommandUnknownOpts, context: CommandContext): void {
  asUsual(command, context);
  for (const one of command.commands) configure(one, context);
}

/**
 * Runs a command line. Nothing is thrown: what was wrong with it, or with a table, is one message; a fault of the program comes with
 * its stack.
 *
 * @param args - without Node and the script
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  const { output, signal } = context;
  try {
    const program = createProgram(context);
    if (args[0] === "complete") {
      const { addCompletion } = await import("./commands/completion/completion.ts");
      await addCompletion(program, { cwd: context.cwd });
    }
    await program.parseAsync([...args], { from: "user" });
    return signal?.aborted ? exitCodes.interrupted : exitCodes.finished;
  } catch (error) {
    // Commander has said it.
    if (error instanceof CommanderError) return error.exitCode;
    if (signal?.aborted && isAbort(error, signal)) {
      output.writeError("Interrupted.\n");
      return exitCodes.interrupted;
    }
    const code = exitCodeOf(error);
    if (code === undefined) {
      output.writeError(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      return exitCodes.failed;
    }
    const { message } = error as Error;
    const said = error instanceof TableError ? commandWords(message) : message;
    const lines = said.split("\n").map((line) => printable(line.replaceAll("\t", "  ")));
    output.writeError(`${output.colors.red("error:")} ${lines.join("\n")}\n`);
    return code;
  }
}

/** Of errors that are no fault of the program: they bear their exit code, or are about the table. */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof TableError) return exitCodes.misuse;
  if (!(error instanceof Error) || !("exitCode" in error)) return undefined;
  return typeof error.exitCode === "number" ? error.exitCode : undefined;
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}
