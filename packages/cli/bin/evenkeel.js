#!/usr/bin/env node
// A file of its own, so that npm can link the command before anything is built.
import { existsSync } from "node:fs";

const program = new URL("../dist/main.js", import.meta.url);
if (existsSync(program)) await import(program);
else {
  console.error("evenkeel is not built yet: run `npm run build` first");
  process.exitCode = 1;
}
