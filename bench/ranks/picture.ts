import { readFileSync, writeFileSync } from "node:fs";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { type Algorithm, type Compute, networks, stepOf } from "./model.ts";
import { type WorkloadName, workloads } from "./workloads.ts";

/**
 * Draws how much faster more ranks are by the model, from the figures of bench/ranks.ts:
 * `npx tsx bench/ranks/picture.ts figures.json docs/images/ranks.svg`
 */

const [figuresFile, file] = process.argv.slice(2);
const { figures } = JSON.parse(readFileSync(figuresFile, "utf8")) as {
  readonly figures: Readonly<Record<WorkloadName, { readonly compute: Compute }>>;
};

const mostRanks = 512;
/** About evenly spaced on a logarithmic axis, powers of two among them. */
const ranks = [...new Set(Array.from({ length: 73 }, (_, i) => Math.round(2 ** (i / 8))))];
const names: Readonly<Record<Algorithm, string>> = {
  direct: "each to each (@evenkeel/mpi)",
  ring: "ring",
  tree: "tree",
};
const titles: Readonly<Record<WorkloadName, string>> = {
  W1: "9-50-25-1, batch 64",
  W4: "100-256-256-256-1, batch 1024",
  W3: "512-1024-1024-1, batch 512",
};

const points = networks.flatMap((network) =>
  (Object.keys(workloads) as WorkloadName[]).flatMap((workload) =>
    (Object.keys(names) as Algorithm[]).flatMap((algorithm) => {
      const { compute } = figures[workload];
      const one = compute.fixed + compute.perRow * workloads[workload].batch;
      // With more ranks than rows there is nothing to divide.
      const useful = ranks.filter((count) => count <= workloads[workload].batch);
      return useful.map((count) => {
        const step = stepOf(workload, compute, count, network, algorithm);
        return {
          ...{ network: network.name, net: titles[workload], algorithm: names[algorithm], ranks: count },
          speedup: one / (step.compute + step.exchanges),
        };
      });
    }),
  ),
);

const colours = ["#0072b2", "#d55e00", "#009e73"];
const axis = { gridColor: "#e5e5e5", domainColor: "#999999", tickColor: "#999999", labelColor: "#444444" };
const panel = (network: string, isFirst: boolean): object => ({
  title: { text: network, fontSize: 13, fontWeight: "normal", anchor: "start", frame: "group" },
  ...{ width: 330, height: 300 },
  layer: [
    {
      data: { values: points.filter((point) => point.network === network && point.speedup > 0.05) },
      mark: { type: "line", strokeWidth: 2, clip: true },
      encoding: {
        x: {
          ...{ field: "ranks", type: "quantitative", title: "ranks, each on a machine of its own" },
          scale: { type: "log", base: 2, domain: [1, mostRanks] },
          axis: { values: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], titleFontWeight: "normal" },
        },
        y: {
          ...{
            field: "speedup",
            type: "quantitative",
            title: isFirst ? "steps per second, in those of one rank" : null,
          },
          scale: { type: "log", base: 2, domain: [0.125, 64] },
          axis: { values: [0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64], format: "~r", titleFontWeight: "normal" },
        },
        color: {
          ...{ field: "net", type: "nominal", title: null, scale: { domain: Object.values(titles), range: colours } },
          legend: { orient: "bottom", columns: 3, symbolType: "stroke", labelLimit: 0 },
        },
        strokeDash: {
          ...{ field: "algorithm", type: "nominal", title: null },
          scale: {
            domain: Object.values(names),
            range: [
              [1, 0],
              [7, 4],
              [2, 3],
            ],
          },
          legend: { orient: "bottom", columns: 3, symbolType: "stroke", labelLimit: 0 },
        },
      },
    },
    {
      data: { values: [{ x: 1, y: 1, x2: 64, y2: 64 }] },
      mark: { type: "rule", color: "#aaaaaa", strokeWidth: 1 },
      encoding: {
        x: { field: "x", type: "quantitative" },
        x2: { field: "x2" },
        y: { field: "y", type: "quantitative" },
        y2: { field: "y2" },
      },
    },
    {
      data: { values: [{ y: 1 }] },
      mark: { type: "rule", color: "#666666", strokeWidth: 1 },
      encoding: { y: { field: "y", type: "quantitative" } },
    },
  ],
});

const spec = {
  background: "#ffffff",
  padding: 12,
  hconcat: networks.map(({ name }, i) => panel(name, i === 0)),
  config: {
    font: "sans-serif",
    axis,
    view: { stroke: null },
    legend: { labelFontSize: 12, layout: { bottom: { direction: "vertical" } } },
  },
} as unknown as TopLevelSpec;

const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none", logLevel: vega.Error });
writeFileSync(file, `${await view.toSVG()}\n`);
view.finalize();
