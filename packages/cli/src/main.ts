#!/usr/bin/env node
import { runProgram } from "./program.ts";
import { launchedIn } from "./shell/ranks/launched.ts";
import { standardOutput } from "./shell/terminal.ts";

const interrupt = new AbortController();
// Once: a second Ctrl-C ends the process the hard way.
process.once("SIGINT", () => interrupt.abort());
const launched = launchedIn(process.env);
// A launcher passes Ctrl-C on to its processes as this.
if (launched !== undefined) process.once("SIGTERM", () => interrupt.abort());

process.exitCode = await runProgram(process.argv.slice(2), {
  output: standardOutput(),
  signal: interrupt.signal,
  cwd: process.cwd(),
  environment: process.env,
  ...(launched && { launched }),
});
