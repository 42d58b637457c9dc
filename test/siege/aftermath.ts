import * as fs from "node:fs";
import { join } from "node:path";
import type { Ground, Scenario } from "./scenarios.ts";
import { difference, type World } from "./world.ts";

/**
 * Looks at what a command left that was ended somewhere, goes on from there, and says what is wrong,
 * if anything is: a file that is not whole, a command that no longer works, other bytes at the end.
 */
export async function problemAfter(ground: Ground, world: World): Promise<string | undefined> {
  return wrongFile(ground, world) ?? (await wrongList(world)) ?? (await wrongEnd(ground, world));
}

/** Whoever looks sees the file of before, or the whole new one. */
function wrongFile({ scenario: { out }, before, expected }: Ground, world: World): string | undefined {
  if (out === undefined || !fs.existsSync(world.file(out))) return undefined;
  const found = fs.readFileSync(world.file(out));
  if (found.toString("base64") === expected.get(out)) return undefined;
  const old = before.file(out);
  if (fs.existsSync(old) && fs.readFileSync(old).equals(found)) return undefined;
  return `${out} has ${found.length} bytes that are neither the old ones nor the new ones`;
}

/** `runs list` and `runs show` read what there is. */
async function wrongList(world: World): Promise<string | undefined> {
  for (const args of [["list"], ...world.runs().map((id) => ["show", id])]) {
    const { code, err } = await world.runHere(["runs", ...args]);
    if (code !== 0) return `runs ${args.join(" ")} ends with ${code}: ${err}`;
  }
  return undefined;
}

/** Goes on, to the same bytes as a command that was left alone, and no temporary file stays. */
async function wrongEnd({ scenario, expected }: Ground, world: World): Promise<string | undefined> {
  const { args, stdin } = scenario;
  const finished = hasResult(scenario.makes, world);
  if (finished) {
    const lacks = difference(world.written(), expected);
    // A report that failed costs the report, which the next --resume makes.
    const isReport = lacks !== undefined && /report\.html is missing$/.test(lacks);
    if (lacks !== undefined && !isReport) return `it is said to have finished, and ${lacks}`;
  }
  const again = nextCommand(scenario.makes, world) ?? args;
  const { code, err } = await world.runHere(again, stdin);
  const refused = finished && /has finished: there is nothing to resume/.test(err);
  if (code !== 0 && !refused) return `${again.join(" ")} ends with ${code}: ${err}`;
  const end = difference(world.written(), expected);
  if (end !== undefined) return `after ${again.join(" ")} ${end}`;
  // The next command that reads a table.
  if (refused) await world.runHere(["inspect", "t.csv"]);
  const [left] = world.leftovers();
  return left === undefined ? undefined : `after ${again.join(" ")} ${left} is still there`;
}

/** How one goes on; undefined where nothing was recorded, so that the command is given again. */
function nextCommand(makes: Scenario["makes"], world: World): string[] | undefined {
  if (makes === "study" && fs.existsSync(world.file("s/study.json")))
    return ["study", "--resume", "s", "--threads", "1"];
  if (makes === "run" && world.runs().length > 0) return ["train", "--resume", "latest"];
  return undefined;
}

function hasResult(makes: Scenario["makes"], world: World): boolean {
  if (makes === "study") return fs.existsSync(world.file("s/result.json"));
  if (makes !== "run") return false;
  return world.runs().some((id) => {
    const file = join(world.file("runs"), id, "result.json");
    return fs.existsSync(file) && JSON.parse(fs.readFileSync(file, "utf8")).status === "finished";
  });
}
