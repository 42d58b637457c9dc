import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StudyOptions } from "evenkeel/study";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runLine, world } from "../../commands/run.fixture.ts";
import { type Studied, study } from "./study.ts";
import type { StudyFlags } from "./studyFlags.ts";
import { trainCommand } from "./trainCommand.ts";

let cwd: string;
beforeAll(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-train-command-"));
  const rows = Array.from({ length: 120 }, (_, i) => {
    const [x, z] = [Math.sin(7 * i), (i * 13) % 11];
    return [x, z, `p${i % 30}`, i % 3 ? "a, b" : "it's", 2 * x + z / 5 + Math.cos(3 * i) / 10].map((one) => `"${one}"`);
  });
  fs.writeFileSync(
    join(cwd, "my table.csv"),
    `a title\nx,"z, wide",who,kind,y\n${rows.map((row) => row.join(",")).join("\n")}\n`,
  );
});
afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }));

const short: StudyOptions = {
  seeds: [3],
  lrs: [0.02, 0.05],
  epochs: 2,
  hidden: [6],
  rowFractions: [],
  epochFractions: [],
  rescale: [],
};

const studied = (flags: Partial<StudyFlags>, given: StudyOptions = {}): Promise<Studied> =>
  study(
    {
      ...{ source: "my table.csv", given: { ...short, ...given }, command: [] },
      flags: { ...{ sampleSeed: 0, skip: 1, target: "y", kind: { who: "category" }, threads: 1 }, ...flags },
    },
    world({ cwd }).context,
  );

/** The words of a command as a shell passes them on. */
const wordsOf = (command = ""): string[] =>
  execFileSync("sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" })
    .trimEnd()
    .split("\n");

/** The errors of the training that a command does, from the seed of the study, as trained. */
async function scoresOf(command: string | undefined, out: string, clamps: boolean) {
  const [program, ...args] = wordsOf(command);
  expect([program, args[0]]).toEqual(["evenkeel", "train"]);
  const unclamped = clamps ? [] : ["--no-clamp-predictions"];
  const asStudied = ["--seed", "3", "--no-refit", ...unclamped, "--statistics", "asTrained"];
  const { err, code } = await runLine([...args, ...asStudied, "--runs", out, "--no-report"], { cwd });
  expect(`${code} ${err}`).toMatch(/^0 /);
  const [run] = fs.readdirSync(join(cwd, out));
  return JSON.parse(fs.readFileSync(join(cwd, out, run, "result.json"), "utf8"));
}

describe("the command that trains the best arm", () => {
  test.each<[string, Partial<StudyFlags>, StudyOptions]>([
    [
      "of the usual question, split by group",
      { norms: ["none", "batch"] },
      { group: "who", validation: 0.2, dropout: 0.1 },
    ],
    [
      "of a recipe of one's own",
      { ignore: ["z, wide"], ask: "scaling" },
      { train: { schedule: "none", loss: "huber" } },
    ],
    ["of arms by name", { arms: "raw+layer, robust+none+dropout0.2" }, { hidden: [9], activation: "gelu" }],
  ])("%s: it gives the numbers of the trial", async (name, flags, given) => {
    const found = await studied({ ...flags, out: `study ${name}` }, given);
    const command = trainCommand(found)?.join(" ");
    const { plan, trials } = found.concluded?.result ?? expect.fail();
    expect(command).toMatch(/^evenkeel train 'my table\.csv' --skip 1 --target y /);
    const { test: scores } = (await scoresOf(command, `run ${name}`, flags.ask !== undefined)).scores;
    const lr = Number(/--lr (\S+)/.exec(command ?? "")?.[1]);
    const equal = trials.filter(({ spec, readings }) => spec.lr === lr && readings.asTrained?.test.mae === scores.mae);
    expect(equal).toHaveLength(1);
    const [{ spec }] = equal;
    const errors = trials.map(({ readings: { asTrained, recomputed } }) =>
      Math.min(asTrained?.validation.mae ?? Number.NaN, recomputed?.validation.mae ?? Number.POSITIVE_INFINITY),
    );
    expect(trials[errors.indexOf(Math.min(...errors))].spec.arm).toEqual(spec.arm);
    expect(plan.arms).toContainEqual(spec.arm);
  });

  test("there is none for a network that a function makes, nor before a seed is complete", async () => {
    const found = await studied({ ask: "placement", out: "placed" }, { dropout: 0, lrs: [0.02] });
    expect(found.complete).toBe(true);
    expect(trainCommand(found)).toBeUndefined();
    expect(trainCommand({ study: found.study })).toBeUndefined();
  });
});
