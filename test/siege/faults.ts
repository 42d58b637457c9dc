import type { Ended } from "./command.ts";
import type { Ground } from "./scenarios.ts";
import { lay, type Siege, type SiegeOptions, type SiegeOutcome } from "./siege.ts";
import { difference, type World } from "./world.ts";

const whenWriting = ["ENOSPC", "EIO", "EROFS"];
const whenOpening = [...whenWriting, "EACCES", "EMFILE", "ENOENT"];
const whenReading = ["EIO", "EACCES", "ENOENT"];

function codesOf(call: string): readonly string[] {
  if (/^(?:open|mkdir|mkdtemp|rename|link) /.test(call)) return whenOpening;
  return /^(?:write|ftruncate|fsync|close|rm|rmdir|unlink|chmod|truncate) /.test(call) ? whenWriting : whenReading;
}

const siege: Siege = {
  calls: "all",
  attacks: (calls, random) =>
    calls.map((call, at) => ({
      at,
      act: { kind: "fail", code: random.pick(codesOf(call)), lasting: random.chance(0.5) },
    })),
  wrongEnding: (ended, _attack, ground, world) => wrongWords(ended) ?? wrongClaim(ended, ground, world),
};

/** What was said has to be one sentence, in words, without a stack. */
function wrongWords({ code, signal, err, out }: Ended): string | undefined {
  if (code === null) return `the process was ended by ${signal}`;
  if (/^\s+at .*:\d+:\d+/m.test(out + err)) return `a stack: ${err}`;
  if (/\bE[A-Z]{2,}:/.test(err)) return `the system's words: ${err}`;
  const errors = err.split("\n").filter((line) => /^(?:error|warning: the report)/.test(line));
  if (code !== 0 && errors.length !== 1) return `exit code ${code} and ${errors.length} sentences: ${err}`;
  if (code === 0 && errors.length > 0) return `exit code 0, and: ${err}`;
  return undefined;
}

/** Success means that everything is there; a failure names what can be resumed. */
function wrongClaim({ code, err }: Ended, { scenario, expected }: Ground, world: World): string | undefined {
  if (code === 0) {
    const lacks = difference(world.written(), expected);
    return lacks === undefined ? undefined : `exit code 0, and ${lacks}`;
  }
  const began = scenario.makes === "run" && world.runs().length > 0 && !scenario.args.includes("--resume");
  // A run that could not be recorded has nothing to go on with.
  const isRecorded = !err.includes("no run can be recorded");
  return began && isRecorded && !err.includes("--resume") ? `it does not say how to go on: ${err}` : undefined;
}

/**
 * Lets every call of the file system fail, once or from there on: each command says in one sentence
 * what happened, and goes on to the same bytes.
 */
export function faults(options: SiegeOptions): Promise<SiegeOutcome> {
  return lay(siege, options);
}
