#!/usr/bin/env node
import { CommanderError } from "@commander-js/extra-typings";
import { createCommand } from "./command.ts";
import { exitCodes } from "./exitCodes.ts";
import { standardOutput } from "./terminal.ts";

const interrupt = new AbortController();
// Once: a second Ctrl-C ends the process the hard way.
process.once("SIGINT", () => interrupt.abort());
// A reader that leaves early (`npm start | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await createCommand(standardOutput(), interrupt.signal).parseAsync();
  if (interrupt.signal.aborted) process.exitCode = exitCodes.interrupted;
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode;
}
