import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TableModel } from "evenkeel/tabular";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandOfRanks } from "../../../../test/distributed/commandOfRanks.ts";
import { shopRows } from "../../../../test/tableFixtures.ts";
import { listRuns, type Run } from "../records/runs/readRun.ts";
import { runLine } from "./run.fixture.ts";

/** `evenkeel` on several processes, as mpirun starts them. */

const hasMpi = spawnSync("mpirun", ["--version"], { encoding: "utf8" }).stdout?.includes("Open MPI") ?? false;

let cwd: string;
let command: CommandOfRanks | undefined;
beforeAll(async () => {
  if (hasMpi) command = await CommandOfRanks.make();
  cwd = fs.mkdtempSync(join(tmpdir(), "evenkeel-ranks-"));
  const rows = shopRows(120).map(({ size, weight, town, price }) => `${size},${weight},${town},${price}`);
  fs.writeFileSync(join(cwd, "shop.csv"), `size,weight,town,price\n${rows.join("\n")}\n`);
});
afterAll(() => {
  command?.remove();
  fs.rmSync(cwd, { recursive: true, force: true });
});

const runs = (folder: string) => listRuns(join(cwd, folder)) as Run[];
const train = "train shop.csv -t price --recipe simple --hidden 8 --dropout 0.1 --no-report --no-refit";

describe("the command as one of several processes", () => {
  const launched = { rank: 1, size: 2, launcher: "mpirun" } as const;

  test.each([
    [
      "predict latest shop.csv",
      "of the commands only train is divided among them; run evenkeel predict without mpirun",
    ],
    ["study shop.csv", "of the commands only train is divided among them; run evenkeel study without mpirun"],
    [
      `${train} --model trees`.replace(" --recipe simple --hidden 8 --dropout 0.1", ""),
      "only networks are divided among them, not trees; run it without mpirun",
    ],
  ])("refuses %s", async (line, reason) => {
    const { code, err, out } = await runLine(line.split(" "), { cwd, launched: { ...launched, rank: 0 } });
    expect([code, out, err]).toEqual([
      ...[2, "", expect.stringContaining(`error: mpirun has started 2 processes, and ${reason}\n`)],
    ]);
  });

  test("says nothing as another than the first, unless it fails alone", async () => {
    expect(await runLine(["--version"], { cwd, launched })).toMatchObject({ out: "", err: "", code: 0 });
    const { out, err } = await runLine(["study", "shop.csv"], { cwd, launched });
    expect([out, err]).toEqual(["", expect.stringMatching(/^rank 1: error: mpirun has started 2 processes/)]);
  });
});

const env = { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1", NODE_OPTIONS: "" };

async function onRanks(ranks: number, line: string, onLine?: (line: string, launcher: number) => void) {
  const launch = ["-n", String(ranks), "--oversubscribe", process.execPath, command!.main];
  const child = spawn("mpirun", [...launch, ...line.split(" ")], { cwd, env, stdio: "pipe" });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => {
    out += String(text);
    for (const one of String(text).split("\n")) onLine?.(one, child.pid ?? 0);
  });
  child.stderr.on("data", (text) => {
    err += String(text);
  });
  const [code] = await once(child, "close");
  return { code, out, err };
}

describe.skipIf(!hasMpi)("mpirun (of Open MPI, which apt-get install openmpi-bin brings)", () => {
  test("two processes train as one does, and record one run", { timeout: 180_000 }, async () => {
    const line = `${train} --epochs 6`;
    const [alone, together] = await Promise.all([
      runLine(`${line} --runs alone`.split(" "), { cwd }),
      onRanks(2, `${line} --runs together --out model.safetensors`),
    ]);
    expect(alone.code).toBe(0);
    expect(together).toMatchObject({ code: 0, err: "" });
    const [[one], [two, ...others]] = [runs("alone"), runs("together")];
    expect(others).toEqual([]);
    expect(two.status).toBe("finished");
    const [{ mae }, expected] = [two.result!.scores.test!, one.result!.scores.test!];
    expect(Math.abs(mae - expected.mae) / expected.mae).toBeLessThan(1e-4);
    expect(fs.readFileSync(join(cwd, "model.safetensors"))).toEqual(
      fs.readFileSync(join(two.path, "model.safetensors")),
    );
    expect(together.out.match(/^this network/gm)).toHaveLength(1);
  });

  const isSlow = process.env.RANKS !== "all" && "it takes 10 seconds: RANKS=all runs it";
  test("SIGTERM to one ends both after the same step, and the run is resumed by one", { timeout: 180_000 }, async ({
    skip,
  }) => {
    if (isSlow) skip(isSlow);
    let isTold = false;
    const { err, code } = await onRanks(
      2,
      `${train} --epochs 400000 --no-early-stopping --schedule none --runs ended`,
      (text, launcher) => {
        if (isTold || !text.startsWith("epoch")) return;
        isTold = true;
        // mpirun itself would leave them a second: docs/22-distributed.md.
        const children = fs.readFileSync(`/proc/${launcher}/task/${launcher}/children`, "utf8").trim().split(" ");
        process.kill(Number(children.at(-1)), "SIGTERM");
      },
    );
    const [run] = runs("ended");
    expect([code !== 0, run.status, err.includes("rank")]).toEqual([true, "interrupted", false]);
    const epochs = run.result!.epochs;
    const resumed = await runLine(`train --resume latest --runs ended --epochs ${epochs + 2}`.split(" "), { cwd });
    expect(resumed).toMatchObject({ code: 0, err: "" });
    expect(runs("ended")[0].result?.epochs).toBe(epochs + 2);
  });

  test("three processes fit shards to the bits of one, and train the same in every run", { timeout: 180_000 }, async ({
    skip,
  }) => {
    if (isSlow) skip(isSlow);
    const rows = shopRows(700).map(({ size, weight, town, price }) => `${size},${weight ?? ""},${town},${price}`);
    for (const [file, part] of [rows.slice(0, 300), rows.slice(300, 310), rows.slice(310)].entries()) {
      fs.writeFileSync(join(cwd, `part-${file}.csv`), `size,weight,town,price\n${part.join("\n")}\n`);
    }
    const line = train.replace("shop.csv", "--shards part-*.csv --scale zscore --epochs 2").replace(" --no-refit", "");
    const done = [
      await runLine(`${line} --runs one`.split(" "), { cwd }),
      await onRanks(3, `${line} --runs three`),
      await onRanks(3, `${line} --runs again`),
    ];
    expect(done.map(({ code, err }) => [code, err])).toEqual([
      [0, ""],
      [0, ""],
      [0, ""],
    ]);
    const [one, three, again] = ["one", "three", "again"].map((folder) =>
      fs.readFileSync(join(runs(folder)[0].path, "model.safetensors")),
    );
    expect(three.equals(again)).toBe(true);
    const [fitted, expected] = [three, one].map((bytes) => TableModel.load(bytes));
    expect(fitted.preprocessing.toJSON()).toEqual(expected.preprocessing.toJSON());
    expect(fitted.record.sizes).toEqual(expected.record.sizes);
  });
});
