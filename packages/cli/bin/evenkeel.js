#!/usr/bin/env node
// A file of its own, so that npm can link the command before anything is built.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";

// Node keeps what it compiles in the folder of temporary files, or in NODE_COMPILE_CACHE, and goes on without where it may
// not write there; NODE_DISABLE_COMPILE_CACHE=1 turns that off. A folder that is not there would be made. Node 20 has no
// such cache.
if (existsSync(tmpdir())) nodeModule.enableCompileCache?.();

const program = new URL("../dist/main.js", import.meta.url);
if (existsSync(program)) await import(program);
else {
  console.error("evenkeel is not built yet: run `npm run build` first");
  process.exitCode = 1;
}
