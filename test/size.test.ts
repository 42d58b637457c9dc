import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { type TableModel, type TreeModel, tableFromRows } from "evenkeel/tabular";
import { trainTable, trainTrees } from "evenkeel/train";
import { build, type OutputChunk } from "rolldown";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "./sources.ts";

/**
 * What small programs ship once they are bundled and minified: whoever imports one layer must not
 * get the others, and code that does nothing for a page should not reach it unseen. The budgets are
 * what was measured and 2% more. A feature that is worth its bytes may raise one: say in its commit
 * what it costs.
 */

interface Budget {
  /** Thousands of bytes, minified. */
  readonly minified: number;
  readonly gzip: number;
}

const budgets: Readonly<Record<string, Budget>> = {
  tensor: { minified: 91.9, gzip: 30.9 },
  linear: { minified: 110, gzip: 36.9 },
  step: { minified: 468, gzip: 155 },
  page: { minified: 117.6, gzip: 42.7 },
  trees: { minified: 50, gzip: 17.9 },
  everything: { minified: 1046, gzip: 351 },
};

interface Bundle {
  readonly code: string;
  /** The modules that are in it, the longest first, by their path in the library. */
  readonly modules: readonly { readonly path: string; readonly bytes: number }[];
}

const inLibrary = (id: string) => id.slice(join(root, "packages/evenkeel/src/").length);

async function bundle(program: string): Promise<Bundle> {
  const { output } = await build({
    cwd: root,
    input: `test/size/${program}.ts`,
    tsconfig: join(root, "tsconfig.json"),
    platform: "browser",
    write: false,
    output: { format: "esm", minify: true },
  });
  expect(output).toHaveLength(1);
  const { code, modules } = output[0] as OutputChunk;
  const sizes = Object.entries(modules).map(([id, { renderedLength }]) => {
    return { path: inLibrary(id), bytes: renderedLength };
  });
  return { code, modules: sizes.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes) };
}

const folder = mkdtempSync(join(tmpdir(), "evenkeel-size-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the bundle: what is left out of it must not be missed. */
async function load(program: string, { code }: Bundle): Promise<Record<string, unknown>> {
  const path = join(folder, `${program}.mjs`);
  writeFileSync(path, code);
  return await import(/* @vite-ignore */ pathToFileURL(path).href);
}

const kilobytes = (bytes: number) => Number((bytes / 1000).toFixed(1));

function expectWithin(program: string, { code, modules }: Bundle): void {
  const folders = new Map<string, number>();
  for (const { path, bytes } of modules) {
    const folder = `${path.split("/").slice(0, -1).slice(0, 2).join("/")}/`;
    folders.set(folder, (folders.get(folder) ?? 0) + bytes);
  }
  const byWeight = [...folders].map(([path, bytes]) => ({ path, bytes })).sort((a, b) => b.bytes - a.bytes);
  const heaviest = [...byWeight.slice(0, 8), ...modules.slice(0, 8)].map(({ path, bytes }) => {
    return `${kilobytes(bytes)} kB ${path}`;
  });
  const found = { minified: kilobytes(code.length), gzip: kilobytes(gzipSync(code).length) };
  const message = `${program}: ${found.minified} kB, ${found.gzip} kB compressed; before minifying, of this\n${heaviest.join("\n")}`;
  const { minified, gzip } = budgets[program];
  expect(found.minified, message).toBeLessThanOrEqual(minified);
  expect(found.gzip, message).toBeLessThanOrEqual(gzip);
  // A budget far above what is shipped would let much through.
  expect(found.minified, message).toBeGreaterThan(0.9 * minified);
}

/** A module of the library and all that it imports, used or not. */
async function reachedFrom(module: string): Promise<string[]> {
  const reached: string[] = [];
  await build({
    cwd: root,
    input: `packages/evenkeel/src/${module}`,
    platform: "browser",
    write: false,
    plugins: [{ name: "reached", moduleParsed: ({ id }) => void reached.push(inLibrary(id)) }],
  });
  return reached;
}

describe("what a program ships", () => {
  it("tensors alone: no layer, no compiler, no kernels", async () => {
    const bundled = await bundle("tensor");
    const foreign = /^(nn|compile|wasm|optim|data|train|tabular)\/|\.kernel\.ts$/;
    expect(bundled.modules.map(({ path }) => path).filter((path) => foreign.test(path))).toEqual([]);
    expectWithin("tensor", bundled);
    // It never names the class whose module sets the executor.
    const { run } = await load("tensor", bundled);
    expect((run as () => unknown)()).toEqual([2, 4, 6]);
  });

  it("nn.Linear alone: no compiler, no kernels, no convolution or pooling", async () => {
    const bundled = await bundle("linear");
    const foreign = /^(compile|wasm|optim|data|train)\/|^ops\/(channelsLast|conv|pool|resize)\/|\.kernel\.ts$/;
    expect(bundled.modules.map(({ path }) => path).filter((path) => foreign.test(path))).toEqual([]);
    expectWithin("linear", bundled);
    const { run } = await load("linear", bundled);
    expect((run as () => unknown)()).toEqual([4, 2]);
  });

  it("a compiled training step of a network for tables", async () => {
    const bundled = await bundle("step");
    // What compiles has the assembler, and its eager steps use it: the call that says so is kept.
    expect(bundled.modules.map(({ path }) => path)).toContain("eager/faster.ts");
    expectWithin("step", bundled);
    const { run } = await load("step", bundled);
    expect((run as () => unknown)()).toEqual({ learns: true, fallbacks: 0 });
  });

  it("a page that predicts with trees: no kernel, no WebAssembly, nothing that grows them", async () => {
    const bundled = await bundle("trees");
    const foreign =
      /^(tensor|random|nn|compile|optim|data|train|study|wasm|ops)\/|boosting\/(boosting|fitTrees|growth\/(grower|histograms|binning|losses))/;
    expect(bundled.modules.map(({ path }) => path).filter((path) => foreign.test(path))).toEqual([]);
    expectWithin("trees", bundled);
    const rows = Array.from({ length: 60 }, (_, i) => ({ a: i % 13, kind: "xyz"[i % 3], y: (i % 13) + (i % 3) }));
    const table = tableFromRows(rows);
    const { model } = await trainTrees(table, { target: "y", trees: { maxIter: 5 } });
    const page = (await load("trees", bundled)) as { TreeModel: typeof TreeModel };
    const { y, ...row } = rows[7];
    expect(page.TreeModel.load(model.save()).predictRows([row]).values?.[0]).toBe(model.predict(table).values?.[7]);
  });

  it("a page that predicts: kernels, but neither tensors nor what trains or compiles them", async () => {
    const bundled = await bundle("page");
    expectWithin("page", bundled);
    const paths = bundled.modules.map(({ path }) => path);
    const foreign = /^(tensor|random|nn|compile|optim|data|train|study)\/|^ops\/(index|table|kernels)\.ts$|[bB]ackward/;
    expect(paths.filter((path) => foreign.test(path))).toEqual([]);
    // The published chunk of what predicts (scripts/bundle.mjs) has all that is reached, so that
    // none is loaded in a circle.
    const reached = await reachedFrom("tabular/model/tableModel.ts");
    expect(reached).toEqual(expect.arrayContaining(paths.filter((path) => path.startsWith("tabular/"))));
    expect(reached.filter((path) => foreign.test(path))).toEqual([]);
    const rows = Array.from({ length: 60 }, (_, i) => ({
      size: i % 17,
      kind: "abc"[i % 3],
      price: (i % 17) + (i % 3),
    }));
    const { model } = await trainTable(tableFromRows(rows), { target: "price", epochs: 2 });
    const page = (await load("page", bundled)) as { TableModel: typeof TableModel };
    const loaded = page.TableModel.load(model.save());
    await loaded.prepare();
    expect(loaded.predictRows(rows).values).toEqual(model.predictRows(rows).values);
  });

  it("everything", async () => {
    const bundled = await bundle("everything");
    expectWithin("everything", bundled);
    expect(await load("everything", bundled)).toMatchObject({ Tensor: expect.any(Function), nn: expect.any(Object) });
  });
});
