#!/usr/bin/env node
// The library has no dependencies, so the command, which has many, is a package of its own. Both are called `evenkeel` on a
// command line: this file runs the command where it is installed, and otherwise says how to get it.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const command = "@evenkeel/cli";
const program = findProgram(import.meta.url) ?? findProgram(join(process.cwd(), "package.json"));
if (program !== undefined) await import(pathToFileURL(program).href);
else {
  const words = process.argv.slice(2).map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)));
  const line = words.length > 0 ? words.join(" ") : "train cars.csv";
  console.error(`The package evenkeel is the library. The command is in the package ${command}, which is not installed here.
Run it once:           npx ${command} ${line}
Add it to a project:   npm install --save-dev ${command}`);
  process.exitCode = 1;
}

/** Where the command's program is, looked for as a module at this place would find it. */
function findProgram(place) {
  try {
    return createRequire(place).resolve(`${command}/bin/evenkeel.js`);
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
