import { readFileSync, writeFileSync } from "node:fs";
import type { BuiltCommand } from "./command.ts";
import { World } from "./world.ts";

/** The study that is attacked with its workers. */

const rows = Array.from({ length: 60 }, (_, i) => [Math.sin(i).toFixed(4), i % 7, (Math.sin(i) + (i % 7)).toFixed(3)]);
const csv = `x,z,y\n${rows.map((row) => `${row.join(",")}\n`).join("")}`;

const few = ["--scales", "zscore", "--norms", "none,batch", "--dropout", "0", "--lr", "0.01,0.03", "--rows", "0.5"];
const small = ["--rescale", "none", "--epoch-fractions", "none", "--seeds", "5", "--epochs", "40", "--hidden", "8"];

/** Without where it is kept, and who trains. */
export const study: readonly string[] = ["study", "t.csv", "--target", "y", ...few, ...small, "--no-report"];

/** 2 arms x 2 rates x 5 seeds, and 4 trials more for each seed. */
export const networks = 40;

export function writeStudyTable(world: World): void {
  writeFileSync(world.file("t.csv"), csv);
}

/** The result of the study on one thread. */
export async function alone(command: BuiltCommand): Promise<string> {
  const world = new World();
  try {
    writeStudyTable(world);
    const { work: cwd, temporary } = world;
    const { code, err } = await command.run([...study, "--threads", "1", "--out", "s"], { cwd, temporary });
    if (code !== 0) throw new Error(`the study on one thread ended with ${code}: ${err}`);
    return readFileSync(world.file("s/result.json"), "utf8");
  } finally {
    world.remove();
  }
}
