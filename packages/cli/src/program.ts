import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { commandsFor } from "./commands/commands.ts";
import type { CommandContext, ProgramContext } from "./shell/context.ts";
import { misuse } from "./shell/errors.ts";
import { exitCodes } from "./shell/exitCodes.ts";
import { failureOf, helpHint } from "./shell/failure.ts";
import { guarded } from "./shell/printed.ts";
import type { Launched } from "./shell/ranks/launched.ts";
import { outputOf } from "./shell/ranks/output.ts";
import type { Output } from "./shell/terminal.ts";
import { version } from "./shell/version.ts";
import { catchWarnings } from "./shell/warnings.ts";

const examples = `
Examples:
  evenkeel inspect cars.csv              is the table in order?
  evenkeel train mpg                     a model of a built-in table
  evenkeel predict latest new-cars.csv   what it says of other rows
  evenkeel study cars.csv --target mpg   does batch normalization help on it?
  evenkeel lab cars.csv --target mpg     see it learn in your browser

\`evenkeel COMMAND --help\` lists a command's options. \`evenkeel complete bash\`
prints what makes the shell complete them; so for zsh, fish and powershell.
`;

/** The program: `evenkeel` with its commands. */
async function createProgram(args: readonly string[], context: CommandContext): Promise<CommandUnknownOpts> {
  const program = new Command("evenkeel")
    .description("Predicts a column of a table with a neural network.")
    .version(version)
    // Their arguments are for their own help.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText("after", examples);
  for (const command of await commandsFor(args, context)) program.addCommand(command);
  configure(program, context.output);
  return program;
}

/**
 * What all commands have, those of commands too: where they write, how they end, what they say of
 * misuse.
 */
function configure(command: CommandUnknownOpts, output: Output): void {
  command
    .allowExcessArguments(false)
    .showHelpAfterError(helpHint)
    .configureOutput({ writeOut: output.write, writeErr: output.writeError })
    .exitOverride();
  for (const one of command.commands) configure(one, output);
}

/**
 * Only trainings are divided among processes. What else would be done once by each of them, and
 * written over one another.
 */
function refuseOnRanks(name: string | undefined, program: CommandUnknownOpts, { launcher, size }: Launched): void {
  if (name === "train" || !program.commands.some((command) => command.name() === name)) return;
  throw misuse(
    "not-supported",
    `${launcher} has started ${size} processes, and of the commands only train is divided among them`,
    `run evenkeel ${name} without ${launcher}`,
  );
}

/**
 * Runs a command line. Nothing is thrown: what was wrong with it, or with a table, is one message;
 * a fault of the program comes with its stack.
 *
 * @param args - without Node and the script
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], given: ProgramContext): Promise<number> {
  const { launched } = given;
  const context: CommandContext = { ...given, output: guarded(outputOf(given.output, launched)) };
  const { output, signal } = context;
  let exitCode: number | undefined;
  const exit = (code: number) => {
    exitCode = code;
  };
  const giveBack = catchWarnings(output.writeError);
  try {
    const program = await createProgram(args, { ...context, exit });
    if (args[0] === "complete") {
      const { addCompletion } = await import("./commands/completion/completion.ts");
      await addCompletion(program, { cwd: context.cwd, args });
    }
    if (launched !== undefined) refuseOnRanks(args[0], program, launched);
    await program.parseAsync([...args], { from: "user" });
    if (launched !== undefined) (await import("./shell/ranks/end.ts")).endRanks();
    return exitCode ?? (signal?.aborted ? exitCodes.interrupted : exitCodes.finished);
  } catch (error) {
    // Commander has said it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.finished : exitCodes.misuse;
    const { text, exitCode } = failureOf(error, output.colors, signal);
    if (launched === undefined) output.writeError(text);
    else await (await import("./shell/ranks/end.ts")).showFailure(text, guarded(given.output), launched);
    return exitCode;
  } finally {
    giveBack();
  }
}
