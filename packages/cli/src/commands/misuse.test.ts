import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { helpHint } from "../shell/failure.ts";
import { type Models, trainedModels } from "./models.fixture.ts";
import { runLine } from "./run.fixture.ts";

/**
 * Every command answers misuse alike: rows of what can be typed wrongly, by kind, over all
 * commands.
 */

let models: Models;
beforeAll(async () => {
  models = await trainedModels();
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(models.cwd, name), lines.map((line) => `${line}\n`).join(""));
  write("nothing.csv", []);
  write("header.csv", ["weight,power,origin,day,economy"]);
  write("constant.csv", ["x,y", ...Array.from({ length: 40 }, (_, i) => `${i % 7},1`)]);
  write("alone.csv", ["y", ...Array.from({ length: 40 }, (_, i) => String(i % 7))]);
});
afterAll(() => models.remove());

const column =
  /cars\.csv has no column "wieght"; did you mean "weight"\?|the table has no column "wieght" \(did you mean "weight"\?\)/;
const noTable = /there is no file carz\.csv\. Did you mean cars\.csv\?/;
const noRun = /no run has an id that begins with "1999"; the nearest is \S+; `evenkeel runs list` lists them/;
const shares = /--validation 0\.6 and --test 0\.6 are 1\.2 together, which leaves nothing for training/;

const rows: Readonly<Record<string, readonly (readonly [line: string, message: RegExp])[]>> = {
  "an unknown option": [
    ["--nonsense", /unknown option '--nonsense'/],
    ["train cars.csv --epoch 3", /unknown option '--epoch'\n\(Did you mean --epochs\?\)/],
    ["evaluate latest --nonsense", /unknown option '--nonsense'/],
    ["predict latest --nonsense", /unknown option '--nonsense'/],
    ["study cars.csv --seed 3", /unknown option '--seed'\n\(Did you mean --seeds\?\)/],
    ["inspect cars.csv --nonsense", /unknown option '--nonsense'/],
    ["lab cars.csv --prot 8080", /unknown option '--prot'[\s\S]*Did you mean --port\?/],
    ["runs list --jsn", /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    ["runs show latest --nonsense", /unknown option '--nonsense'/],
    ["runs compare latest --nonsense", /unknown option '--nonsense'/],
    ["work . --idel 3", /unknown option '--idel'\n\(Did you mean --idle\?\)/],
    ["init x --tabel cars.csv", /unknown option '--tabel'\n\(Did you mean --table\?\)/],
    ["runs lst", /unknown command 'lst'\n\(Did you mean list\?\)/],
    ["trian cars.csv", /unknown command 'trian'\n\(Did you mean train\?\)/],
  ],
  "a wrong value": [
    [
      "train cars.csv -t economy --epochs 0",
      /'--epochs <n>' argument '0' is invalid. Expected a whole number of at least 1/,
    ],
    [
      "train cars.csv -t economy --norm bach",
      /'--norm <name>' argument 'bach' is invalid. Allowed choices are none, batch, layer/,
    ],
    ["train cars.csv -t economy --hidden 8,x", /Value 2 is "x", expected a whole number from 1 to 65536/],
    ["train cars.csv -t economy --kind weight", /Expected column=kind\./],
    [
      "study cars.csv -t economy --lr 0.1,-1",
      /'--lr <rates>' argument .* Value 2 is -1, expected a finite number above 0/,
    ],
    [
      "study cars.csv -t economy --seeds 0",
      /Expected a whole number from 1 to 10000, or a list of seeds such as 3,5,8/,
    ],
    ["study cars.csv -t economy --optimizer lion", /Allowed choices are adam, adamw, sgd/],
    [
      "study cars.csv -t economy --validation 0",
      /the validation part has 0 of .* needs 2 or more; give a larger --validation/,
    ],
    [
      "study cars.csv -t economy --class-weights balanced",
      /^error: --class-weights are given, but "economy" is a number, not a class; leave them out/,
    ],
    ["study --resume latest --no-early-stopping", /--resume goes on as the study began; leave --no-early-stopping out/],
    ["train --resume latest --no-refit", /--resume uses the options that the run began with; leave --no-refit out/],
    [
      "train cars.csv -t economy --kind weight=number",
      /'--kind <column=kind>' argument .* "weight" is "number", expected one of numeric, category/,
    ],
    [
      "train cars.csv -t economy --recipe simple --batch-size 1",
      /batch normalization cannot train with --batch-size 1; .* another --norm/,
    ],
    ["train cars.csv -t economy --delimiter ab", /--delimiter is "ab", expected one character, or tab/],
    ["train cars.csv -t economy --encoding klingon", /--encoding is "klingon", expected one such as utf-8/],
    [
      "train cars.csv -t economy --out nowhere/model.safetensors",
      /cannot write nowhere\/model\.safetensors: its folder does not exist/,
    ],
    ["train cars.csv -t economy --limit 5", /at least 10/],
    ["evaluate latest --worst -1", /'--worst <n>' argument '-1' is invalid/],
    ["predict latest cars.csv --format xlsx", /'--format <name>' argument 'xlsx' is invalid/],
    ["predict latest cars.csv -o out.xlsx", /its ending says no format/],
    ["predict latest --row [1]", /--row is a list, expected an object/],
    ['predict latest --row {"weight":"heavy"}', /column "weight" holds "heavy" in row 0, expected a number/],
    ["study cars.csv --target economy --lr fast", /'--lr <rates>' argument 'fast' is invalid/],
    ["study cars.csv --target economy --lr 0.1,0.1", /--lr has 0\.1 twice; leave one of them out/],
    ["study cars.csv --target economy --lr none", /Value 1 is "none", expected a finite number above 0/],
    ["study cars.csv --target economy --metric errorRate", /--metric is "errorRate"; for regression it is mae or rmse/],
    ["study cars.csv --target economy --rows 0.01", /training rows is fewer than 2; give a larger fraction/],
    ["study cars.csv --target economy --hidden none --ask placement", /is about hidden layers, and --hidden is empty/],
    [
      "study cars.csv --target economy --threads 0",
      /--threads 0 trains nothing here; say with --workers-from who does/,
    ],
    ["study cars.csv --target economy --threads -1", /'--threads <n>' argument '-1' is invalid/],
    ["study cars.csv --target economy --lease 0", /'--lease <seconds>' argument '0' is invalid/],
    ["work . --threads 0", /'--threads <n>' argument '0' is invalid/],
    ["work . --idle soon", /'--idle <seconds>' argument 'soon' is invalid/],
    ["study cars.csv --target economy --dropout 1", /Expected a share from 0 up to, but not including, 1/],
    ["study cars.csv --ask plcement", /there is no question "plcement"\. Did you mean placement\?/],
    ["inspect cars.csv --sample ten", /'--sample <rows>' argument 'ten' is invalid/],
    ["lab cars.csv --port 70000", /'--port <n>' argument '70000' is invalid/],
    ["lab cars.csv --sample ten", /'--sample <rows>' argument 'ten' is invalid/],
    ["runs list --limit 0", /'--limit <n>' argument '0' is invalid/],
    ["runs list --sort mea", /no run has the metric mea of its validation rows; did you mean mae\?/],
  ],
  "options that exclude each other": [
    [
      "train cars.csv -t economy --length-folds 5 --no-refit",
      /--length-folds 5 says how long the refit is to train, and there is none; leave --length-folds out/,
    ],
    [
      "train cars.csv -t economy --schedule plateau --no-early-stopping --refit",
      /--refit cannot be combined with --schedule plateau/,
    ],
    ["train cars.csv -t economy --validation 0 --refit", /--refit has no validation rows to add/],
    [
      "train cars.csv -t economy --validation 0 --schedule plateau",
      /--schedule plateau has no validation loss to follow; use another schedule, or keep validation rows \(--validation\)/,
    ],
    ["train cars.csv -t economy --validation 0.6 --test 0.6", shares],
    [
      "train cars.csv -t economy --class-weights balanced",
      /--class-weights are given, but .*, or say --task multiclass/,
    ],
    [
      "train cars.csv -t origin --class-weights usa=2",
      /--class-weights names the class "usa"; there are Europe, Japan, USA/,
    ],
    ["train cars.csv -t economy --features weight --ignore weight", /"weight" is among --features and among --ignore/],
    ["train cars.csv -t economy --features economy", /the target "economy" is among --features/],
    ["train cars.csv -t economy --sql x", /a table and --sql exclude each other/],
    ["train cars.csv --resume latest", /--resume uses the table that the run began with; leave the table out/],
    ["train --resume latest --batch-size 8", /--resume uses the options .*; leave --batch-size out/],
    ["evaluate latest cars.csv --sql x", /a table and --sql exclude each other/],
    ["evaluate origins.safetensors cars.csv --part test", /does not say how its rows were split; leave --part out/],
    ["predict latest cars.csv --row {}", /--row is a table by itself; leave the table or --sql away/],
    ["predict latest cars.csv --json --format csv", /--json and --format csv exclude each other/],
    ["predict latest cars.csv --format parquet", /Parquet is no text for standard output; name a file with --output/],
    ["study cars.csv --target economy --validation 0.6 --test 0.6", shares],
    ["study --resume latest --batch-size 8", /--resume goes on as the study began; leave --batch-size out/],
    ["study cars.csv --ask placement --norms none", /--norms belongs to --ask normalization; leave it out/],
    ["study cars.csv --target economy --lease 5", /--lease is of workers; say with --workers-from whose/],
    ["inspect cars.csv --sql x", /a table and --sql exclude each other/],
    ["runs compare latest latest", /compare needs at least two different runs/],
  ],
  "nothing to work on": [
    ["train", /there is no table to read; name one, or give a query with --sql/],
    ["evaluate", /missing required argument 'model'/],
    ["evaluate origins.safetensors", /does not say what table it was trained on; name one, or give a query with --sql/],
    ["predict", /missing required argument 'model'/],
    ["predict latest", /there is no table to read/],
    ["study", /there is no table to read/],
    ["study --ask pooling", /name a folder of pictures/],
    ["work", /missing required argument 'place'/],
    ["inspect", /there is no table to read/],
    ["runs show", /missing required argument 'id'/],
    ["runs compare", /missing required argument 'id'/],
  ],
  "a file that is not there": [
    ["train carz.csv", noTable],
    ["evaluate latest carz.csv", noTable],
    ["evaluate carz.safetensors cars.csv", /there is no file carz\.safetensors; did you mean cars\.safetensors\?/],
    ["predict latest carz.csv", noTable],
    ["predict latest cars.csv -o nowhere/out.csv", /cannot write nowhere\/out\.csv: its folder does not exist/],
    ["study carz.csv", noTable],
    ["study carz --ask pooling", /there is no carz; name a folder of pictures/],
    ["inspect carz.csv", noTable],
    ["work nowhere", /there is no folder .*nowhere; name the one that evenkeel study was given with --workers-from/],
    ["init x --table carz.csv", noTable],
    ["inspect carz.safetensors", /there is no file carz\.safetensors; did you mean cars\.safetensors\?/],
    ["runs list --runs elsewhere", /there is no folder elsewhere; --runs says where runs are kept/],
    ["runs show latest --runs elsewhere", /there is no folder elsewhere; --runs says where runs are kept/],
    ["train --resume latest --runs elsewhere", /there is no folder elsewhere; --runs says where runs are kept/],
  ],
  "a file that is damaged, or no such file": [
    ["train cars.safetensors -t economy", /cars\.safetensors is/],
    ["evaluate cut.safetensors cars.csv", /cut\.safetensors cannot be used: .*is it complete\?/],
    ["predict noise.safetensors cars.csv", /noise\.safetensors cannot be used: .*is it a safetensors file\?/],
    ["inspect cut.safetensors", /cut\.safetensors is damaged: .*is it complete\?/],
    ["study cars.csv --ask pooling", /there are no pictures in cars\.csv/],
  ],
  "an unknown column": [
    ["train cars.csv -t wieght", column],
    ["train cars.csv -t economy --ignore wieght", column],
    ["train cars.csv -t economy --features wieght", column],
    ["train cars.csv -t economy --kind wieght=category", column],
    ["train cars.csv -t economy --columns wieght,economy", column],
    ["evaluate latest cars.csv --sql-x", /unknown option/],
    ["predict latest cars.csv --keep wieght", column],
    ["study cars.csv --target wieght", column],
    ["inspect cars.csv --target wieght", column],
    ["inspect cars.csv --columns wieght", column],
  ],
  "an unknown run": [
    ["train --resume 1999", noRun],
    ["evaluate 1999 cars.csv", noRun],
    ["predict 1999 cars.csv", noRun],
    ["study --resume 1999", /there is no study in 1999/],
    ["runs show 1999", noRun],
    ["runs compare latest 1999", noRun],
  ],
  "no target": [
    ["train cars.csv", /say which column to predict with --target; there are weight, power, origin, day, economy/],
    ["study cars.csv", /say which column to predict with --target; there are weight, power, origin, day, economy/],
    ["train cars.csv -t day", /"day" is a date, which cannot be predicted/],
    ["inspect cars.csv --target day", /"day" is a date, which cannot be predicted/],
  ],
  "a table with nothing in it": [
    ["train nothing.csv -t economy", /nothing\.csv is empty/],
    ["train header.csv -t economy", /the table has no rows/],
    ["train constant.csv -t y", /has the same value in every row/],
    ["train alone.csv -t y", /no column is left to predict from; .* in --features, or say in --kind what they are/],
    ["evaluate latest nothing.csv", /nothing\.csv is empty/],
    ["evaluate latest header.csv", /no row has a value of "economy" to compare with/],
    ["predict latest nothing.csv", /nothing\.csv is empty/],
    ["study nothing.csv --target economy", /nothing\.csv is empty/],
    ["study constant.csv --target y", /has the same value in every row/],
    ["inspect nothing.csv", /nothing\.csv is empty/],
  ],
};

describe.each(Object.entries(rows))("%s", (_, lines) => {
  test.each(lines)("evenkeel %s", async (line, message) => {
    const { cwd } = models;
    const before = readdirSync(cwd, { recursive: true }).sort();
    const args = line.split(" ");
    const { out, err, code } = await runLine(args, { cwd });
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/^error: /);
    expect(err.match(/error:/g)).toHaveLength(1);
    expect(err.endsWith(`\n${helpHint}\n`)).toBe(true);
    expect(readdirSync(cwd, { recursive: true }).sort()).toEqual(before);
    // Words of the library's code, and its syntax; what was typed is given back as it was.
    const said = args.reduce((text, word) => text.replaceAll(word, ""), err);
    expect(said).not.toMatch(/\b[a-z]+[A-Z]\w+\b|\{ |\bundefined\b|\bNaN\b|\[object/);
  });
});

test("every command is among the rows", async () => {
  const { out } = await runLine(["--help"], { cwd: models.cwd });
  const [, listed] = out.split("\nCommands:\n");
  const commands = [...listed.split("\n\n")[0].matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(5);
  const typed = new Set(Object.values(rows).flatMap((lines) => lines.map(([line]) => line.split(" ")[0])));
  for (const name of commands.filter((one) => one !== "help")) expect([...typed]).toContain(name);
});
