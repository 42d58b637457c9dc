import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nn } from "evenkeel";
import { saveSafetensors } from "evenkeel/io";
import { type NetworkSource, networkOf, TableModel, TabularNet } from "evenkeel/tabular";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Models, trainedModels } from "./models.fixture.ts";
import { runLine } from "./run.fixture.ts";

let models: Models;
beforeAll(async () => {
  models = await trainedModels();
});
afterAll(() => models.remove());

const inspect = (...args: string[]) => runLine(["inspect", ...args], { cwd: models.cwd });

describe("one of evenkeel's models", () => {
  test("for people: columns, network, tensors, scores, in 80 columns", async () => {
    const { out, code } = await inspect("cars.safetensors");
    expect(code).toBe(0);
    expect(out).toMatch(/^cars\.safetensors: predicts economy \(regression; 9 tensors, \d\.\d kB\)\n\n/);
    expect(out).toContain("\ntrained on cars.csv, 60 rows, seed 3\n");
    expect(out).toMatch(/\nweight +numeric +[\d.]+ ± [\d.]+, if missing [\d.]+\n/);
    expect(out).toMatch(/\norigin +category +3 embedded: Europe, Japan, USA\n/);
    expect(out).toMatch(/\neconomy +numeric, target +[\d.]+ ± [\d.]+, within [\d.]+ to\s+[\d.]+\n/);
    expect(out).toContain(`Network\n${networkOf(models.numbers).toString()}\n`);
    expect(out).toMatch(/\nParameters: \d+ \(\d+ trainable, 0 frozen\); buffers: 17\n/);
    expect(out).toMatch(/\nlayers\.1\.num_batches_tracked +I64 +\[\]\n/);
    expect(out).toMatch(/\ntest: the model .*\n(?:.*\n)*?test: ridge /);
    const lines = out.split("\n").filter((line) => !line.includes("BatchNorm1d(")); // as PyTorch prints it
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("for programs", async () => {
    const found = JSON.parse((await inspect("cars.safetensors", "--json")).out);
    const parameters = networkOf(models.numbers)
      .parameters()
      .reduce((sum, parameter) => sum + parameter.numel(), 0);
    expect(found).toMatchObject({
      kind: "table model",
      target: "economy",
      network: { totals: { params: parameters } },
      preprocessing: JSON.parse(JSON.stringify(models.numbers.preprocessing)),
      record: { source: "cars.csv" },
    });
    expect(found.columns.map(({ name, use }: { name: string; use: string }) => [name, use])).toEqual([
      ["weight", "feature"],
      ["power", "feature"],
      ["origin", "feature"],
      ["day", "feature"],
      ["economy", "target"],
    ]);
    expect(found.tensors.find(({ name }: { name: string }) => name === "layers.0.weight").dtype).toBe("F32");
  });

  test("what is doubtful about its batch normalization, and nothing that training settled by itself", async () => {
    const { schema, preprocessing, network, record } = models.numbers;
    const save = (name: string, plan: object, net: NetworkSource = network) => {
      const told = {
        ...record,
        sizes: { train: 500 },
        plan: { batchSize: 32, epochs: 12, statistics: "better", ...plan },
      };
      const model = new TableModel({ schema, preprocessing, network: net, record: told });
      writeFileSync(join(models.cwd, name), model.save());
    };
    const rules = async (name: string) =>
      JSON.parse((await inspect(name, "--json")).out).batchNorm.map(({ rule }: { rule: string }) => rule);
    save("usual.safetensors", {});
    expect(await rules("usual.safetensors")).toEqual([]);
    expect((await inspect("usual.safetensors")).out).not.toContain("Batch normalization");
    save("small.safetensors", { batchSize: 4, epochs: 1, statistics: "asTrained" });
    expect(await rules("small.safetensors")).toEqual(["small-batch", "momentum-slow"]);
    const { out } = await inspect("small.safetensors");
    expect(out).toMatch(
      /\nBatch normalization\nwarning {2}layers\.1: with batches of 4 rows its outputs are 1\.6 times/,
    );
    expect(out).not.toContain("a momentum of"); // a note
    // All rows in one batch: there is no larger one.
    save("whole.safetensors", { batchSize: 500 });
    expect(await rules("whole.safetensors")).toEqual([]);
    const deep = new TabularNet(network.size, { hidden: [8, 4], dropout: 0.15, biasBeforeNorm: true });
    save("deep.safetensors", {}, deep);
    expect(await rules("deep.safetensors")).toEqual(["bias-before-norm", "bias-before-norm", "dropout-before-norm"]);
    expect((await inspect("deep.safetensors")).out).not.toContain("is before it, through");
  });

  test("classes, and a file without a record", async () => {
    const { out } = await inspect("origins.safetensors");
    expect(out).toMatch(/\norigin +category, target +3 classes: Europe, Japan, USA\n/);
    expect(out).toContain("No scores are recorded in it.");
  });
});

test("other safetensors files: their tensors, whatever they are called", async () => {
  const tensors = { ...new nn.Linear(3, 2).stateDict(), ["\u001b[2J".repeat(30)]: new nn.Linear(1, 1).weight };
  writeFileSync(join(models.cwd, "odd.safetensors"), saveSafetensors(tensors, { metadata: { by: "x".repeat(200) } }));
  const { out } = await inspect("odd.safetensors");
  expect(out).toMatch(/^odd\.safetensors: tensors \(3 tensors, \d+ bytes\)\n\nby: x{75}…\n/);
  expect(out).toMatch(/\nweight +F32 +\[2, 3\]\n/);
  expect(out).not.toContain("\u001b");
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test.each<[string, string, RegExp]>([
  ["a truncated model", "cut.safetensors", /cut\.safetensors is damaged: the file has \d+ bytes, expected \d+/],
  ["truncated tensors", "half.safetensors", /half\.safetensors is damaged: it has \d+ bytes, expected \d+/],
  ["random bytes", "noise.safetensors", /noise\.safetensors cannot be read: the header is said to have/],
  ["a table", "table.safetensors", /error: table\.safetensors cannot be read: .*is it a safetensors file\?/],
  ["nothing", "nothing.safetensors", /error: nothing\.safetensors cannot be read: the file has 0 bytes/],
  ["no file", "cars.safetensor", /there is no file cars\.safetensor/],
  ["a folder without a run", "runs", /the folder runs has no model\.safetensors; name another run/],
])("%s is refused in one message", async (_, path, message) => {
  writeFileSync(join(models.cwd, "nothing.safetensors"), "");
  writeFileSync(join(models.cwd, "table.safetensors"), "weight,power\n1,2\n");
  const bytes = saveSafetensors(new nn.Linear(3, 2).stateDict());
  writeFileSync(join(models.cwd, "half.safetensors"), bytes.subarray(0, bytes.length - 10));
  const { out, err, code } = await inspect(path);
  expect(err).toMatch(message);
  expect([out, code]).toEqual(["", 2]);
});
