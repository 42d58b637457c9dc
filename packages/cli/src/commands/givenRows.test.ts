import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textColumns } from "../actions/columns.ts";
import { runLine } from "./run.fixture.ts";

/** What becomes of the cells that a command is given: how they are read, and where they stand. */

let folder: string;
const run = (args: string[], stdin?: string) => runLine(args, { cwd: folder, stdin });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const few = ["--recipe", "simple", "--epochs", "2", "--no-refit", "--no-report", "--no-compile", "--hidden", "4"];
/** The first prediction. */
const predicted = async (args: string[], stdin?: string) => {
  const { out, err, code } = await run(["predict", ...args], stdin);
  expect(code, err).toBe(0);
  return out.split("\n")[1];
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "evenkeel-rows-"));
  const rows = Array.from({ length: 60 }, (_, i) => {
    const x = i % 9 === 0 ? "" : `${i % 13}.${i % 7}`;
    return `${1234567890123456700n + BigInt(i % 4)},${x},${(10 * Math.sin(i)).toFixed(2)}`;
  });
  write("rows.csv", `id,x,y\n${rows.join("\n")}\n`);
  const { code, err } = await run(["train", "rows.csv", "-t", "y", ...few, "--out", "m.safetensors"]);
  expect(code, err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("whole numbers beyond 2^53", () => {
  const id = "1234567890123456701";

  test("are the same categories in a row of JSON as in a CSV file", async () => {
    write("one.csv", `id,x\n${id},2.5\n`);
    write("other.csv", `id,x\n1234567890123456703,2.5\n`);
    const wanted = await predicted(["m.safetensors", "one.csv"]);
    expect(await predicted(["m.safetensors", "--row", `{"id": ${id}, "x": 2.5}`])).toBe(wanted);
    expect(await predicted(["m.safetensors", "-"], `{"id": ${id}, "x": 2.5}`)).toBe(wanted);
    expect(await predicted(["m.safetensors", "other.csv"])).not.toBe(wanted);
  });

  test("are kept as they stand, and so is a text that holds one", async () => {
    const row = String.raw`{"id": ${id}, "x": 1e2, "say": "\"${id}, 5", "long": -123456789012345678901234567890}`;
    const wanted = { id, x: 100, say: `"${id}, 5`, long: "-123456789012345678901234567890" };
    for (const args of [["--row", row], ["-"]]) {
      const { out } = await run(["predict", "m.safetensors", ...args, "--keep", "all", "--json"], row);
      expect(JSON.parse(out)[0]).toMatchObject(wanted);
    }
  });
});

test("3.150 is refused by a model of decimal commas, in a file, in rows of JSON and in what is judged", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${(i % 9) + 1},${i % 10}5;${(10 * Math.sin(i)).toFixed(2)}`);
  write("comma.csv", `x;y\n${rows.join("\n").replaceAll(".", ",")}\n`);
  const { code, err } = await run(["train", "comma.csv", "-t", "y", ...few, "--out", "comma.safetensors"]);
  expect(code, err).toBe(0);
  write("point.csv", "x,y\n3.150,1\n");
  const row = '{"x": "3.150"}';
  for (const [args, place] of [
    [["predict", "comma.safetensors", "point.csv"], "line 2"],
    [["predict", "comma.safetensors", "-"], "row 0"],
    [["predict", "comma.safetensors", "--row", row], "row 0"],
    [["evaluate", "comma.safetensors", "point.csv"], "line 2"],
  ] as const) {
    const { code, err, out } = await run([...args], row);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(
      `column "x" holds "3.150" in ${place}, which is 3150 or 3.15: no number that was trained on has a sign of ` +
        "thousands; write 3150 or 3,150; training with --number-format x=1.234,56 reads 3150",
    );
  }
  const wanted = await predicted(["comma.safetensors", "--row", '{"x": 3.15}']);
  expect(await predicted(["comma.safetensors", "--row", '{"x": "3,150"}'])).toBe(wanted);
});

test("--null of predict is of files and rows alike, for numbers in whatever way they are written", async () => {
  const wanted = await predicted(["m.safetensors", "--row", '{"x": null}']);
  write("null.csv", "id,x\n,-999.0\n");
  for (const args of [["--row", '{"x": -999}'], ["--row", '{"x": "-9.99e2"}'], ["null.csv"]]) {
    expect(await predicted(["m.safetensors", ...args, "--null", "-999"])).toBe(wanted);
    expect(await predicted(["m.safetensors", ...args])).not.toBe(wanted);
  }
});

describe("the line of a file", () => {
  const lines = (x: (i: number) => string) =>
    `# measured by hand\nid,x,"row 3",y\n${Array.from({ length: 60 }, (_, i) => `${i % 3},${x(i)},${(i * 7) % 5},${i % 11}.5`).join("\n")}\n`;

  test("is said where a training is refused, and in its notes", async () => {
    write(
      "odd.csv",
      lines((i) => (i === 3 ? "oops" : `${i}.5`)),
    );
    const { err, code } = await run(["train", "odd.csv", "-t", "y", ...few]);
    expect([code, err]).toEqual([2, expect.stringContaining('column "x" is numeric, but line 6 holds "oops"')]);
    const study = await run(["study", "odd.csv", "--target", "y"]);
    expect(study.err).toContain('but line 6 holds "oops"');
    write(
      "far.csv",
      lines((i) => (i === 3 ? "99999" : `${i % 7}.5`)),
    );
    const { out } = await run(["train", "far.csv", "-t", "y", ...few]);
    expect(out.replace(/\s+/g, " ")).toContain('column "x" holds 99999 in 1 row, first in line 6');
  });

  test("also of a column that is called like a row", async () => {
    write(
      "named.csv",
      lines(() => "1")
        .replace(/\n0,1,1,/, "\n0,1,oops,")
        .replace("y\n", "y\n"),
    );
    const { err } = await run(["train", "named.csv", "-t", "y", ...few]);
    expect(err).toContain('column "row 3" is numeric, but line 6 holds "oops"');
  });

  test("is said of rows that are predicted and evaluated", async () => {
    write("bad.csv", 'id,x,y\n1,2.5,1\n\n"two\nlines",3,2\n1,heavy,3\n');
    for (const command of ["predict", "evaluate"]) {
      const { err, code } = await run([command, "m.safetensors", "bad.csv"]);
      expect([code, err]).toEqual([
        2,
        expect.stringContaining('column "x" holds "heavy" in line 6, expected a number'),
      ]);
    }
    write("bad.csv", "id,x,y\n1,2.5,1\n1,2.5,good\n");
    expect((await run(["evaluate", "m.safetensors", "bad.csv"])).err).toContain('column "y" holds "good" in line 3');
    write("bad.csv", "id,x,y\n1,2.5,1\n1,inf,1\n");
    expect((await run(["predict", "m.safetensors", "bad.csv"])).err).toContain('column "x" holds Infinity in line 3');
  });

  test("and of which file, where the rows to test on have one of their own", async () => {
    write("test.csv", "id,x,y\n1,2.5,1\n1,heavy,2\n");
    const { err } = await run(["train", "rows.csv", "-t", "y", ...few, "--test", "test.csv"]);
    expect(err).toContain('but line 3 of test.csv holds "heavy"');
  });
});

test("a column of dates keeps the zeros of its texts, however many there are", async () => {
  expect(textColumns({ kinds: { zip: "category", n: "numeric" }, dateFormats: { d: "%Y.%m" } })).toEqual(["zip", "d"]);
  // So many columns that of each only 1,000 different numbers keep their texts.
  const more = Array.from({ length: 1000 }, (_, i) => `z${i}`);
  const ones = more.map(() => 1).join();
  const rows = Array.from({ length: 1300 }, (_, i) => `${1600 + Math.floor(i / 3)}.${10 + (i % 3)},${ones}`);
  write("wide.csv", `d,${more.join()}\n${rows.join("\n")}\n`);
  const { out } = await run(["inspect", "wide.csv", "--date-format", "d=%Y.%m"]);
  // Not January, which 1600.1 would be.
  expect(out).toMatch(/^d +date +1600-10-01 to 2033-10-01/m);
});
