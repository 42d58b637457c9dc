#!/usr/bin/env node
import { runProgram } from "./program.ts";
import { exitCodes } from "./shell/exitCodes.ts";
import { reasonOf } from "./shell/files/writeAtomic.ts";
import { standardOutput } from "./shell/terminal.ts";

const interrupt = new AbortController();
// Once: a second Ctrl-C ends the process the hard way.
process.once("SIGINT", () => interrupt.abort());
// A reader that leaves early (`npm start | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`error: cannot write to standard output: ${reasonOf(error)}\n`);
  process.exit(exitCodes.failed);
});

process.exitCode = await runProgram(process.argv.slice(2), {
  output: standardOutput(),
  signal: interrupt.signal,
  cwd: process.cwd(),
  environment: process.env,
});
