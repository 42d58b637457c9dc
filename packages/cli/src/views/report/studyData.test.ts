import { concludeStudy, planStudy, runStudy, trialRunner } from "evenkeel/study";
import { inferSchema, tableFromColumns } from "evenkeel/tabular";
import { expect, test } from "vitest";
import { studyReportData } from "./studyData.ts";
import { studyReport } from "./studyReport.ts";

const source = {
  created: new Date(2026, 10, 25),
  table: { source: "made.csv", rows: 80 },
  versions: { evenkeel: "0.1.0", node: "20" },
};

test("a study that was really run, and what there is of an interrupted one", async () => {
  const x = Array.from({ length: 80 }, (_, i) => 50 + 40 * Math.sin(i));
  const z = Array.from({ length: 80 }, (_, i) => Math.cos(3 * i));
  const table = tableFromColumns({ x, z, y: x.map((value, i) => value / 10 + z[i]) });
  const schema = inferSchema(table, { target: "y" });
  const plan = planStudy(
    { table, schema },
    { seeds: 2, epochs: 3, lrs: [0.01, 0.1], rowFractions: [0.5], rescale: [], dropout: 0.2 },
  );
  const { result } = await runStudy(plan, { execute: trialRunner({ table, schema }) });

  const data = studyReportData(result, source);
  expect(data.claims).toHaveLength(7);
  // The marks of the seeds have the difference as their mean on the scale of errors.
  for (const { difference, differences } of data.rows) {
    if (difference === null) expect(differences).toEqual([]);
    else {
      expect(differences).toHaveLength(plan.seeds.length);
      expect(Math.min(...differences)).toBeLessThanOrEqual(difference.value);
      expect(Math.max(...differences)).toBeGreaterThanOrEqual(difference.value);
    }
  }
  // The picture shows each arm once, by the figures that the answer is about.
  expect(data.kept.map(({ name }) => name)).toEqual([
    ...["no normalization", "BatchNorm", "LayerNorm", "no normalization", "BatchNorm", "LayerNorm"],
    ...["no normalization, dropout 0.2", "BatchNorm, dropout 0.2"],
  ]);
  const onZScores = result.claims
    .find(({ id }) => id === "betterResult")
    ?.figures.find(({ label }) => /z-sc/.test(label));
  expect(data.kept[4].difference?.value).toBeCloseTo(onZScores?.value ?? Number.NaN, 12);
  const lines = ["no normalization", "BatchNorm, as trained", "BatchNorm, recomputed", "LayerNorm"];
  expect(data.curves?.map(({ title }) => title)).toEqual(["Raw features", "Z-scored features"]);
  for (const panel of data.curves ?? []) {
    expect(panel.lines.map(({ label }) => label)).toEqual(lines);
    for (const { runs } of panel.lines) expect(runs.map(({ length }) => length)).toEqual([3, 3]);
  }
  for (const panel of data.learningRates ?? []) {
    for (const { points } of panel.lines) expect(points.map(({ at }) => at)).toEqual([0.01, 0.1]);
  }
  const { train } = plan.rows;
  expect(data.rowCounts?.[0].lines[0].points.map(({ at }) => at)).toEqual([Math.round(train / 2), train]);
  expect((await studyReport(data)).match(/<svg [^>]*role="img"/g)).toHaveLength(2 + 2 + 1);

  const partial = concludeStudy(plan, result.trials.slice(0, 20));
  const page = await studyReport(studyReportData(partial, source));
  expect(page).toContain("The study was interrupted");
  expect(page.match(/.{0,60}(?:NaN|undefined|Infinity).{0,30}/g)).toBeNull();
});

test("arms with names: a panel for each group, a line for each arm", async () => {
  const table = tableFromColumns({
    x: Array.from({ length: 60 }, (_, i) => Math.sin(i)),
    y: Array.from({ length: 60 }, (_, i) => i % 7),
  });
  const made = { table, schema: inferSchema(table, { target: "y" }) };
  const plan = planStudy(made, { ask: "placement", seeds: 2, epochs: 2, lrs: [0.01, 0.1], hidden: [4, 4] });
  const { result } = await runStudy(plan, { execute: trialRunner(made) });
  const data = studyReportData(result, source);
  const titles = [
    "No dropout",
    "Dropout before BatchNorm",
    "Dropout after BatchNorm, in every block",
    "Dropout once, after the last block",
  ];
  for (const panels of [data.curves ?? [], data.learningRates ?? []]) {
    expect(panels.map(({ title }) => title)).toEqual(titles);
    expect(panels[0].lines.map(({ label }) => label)).toEqual(["Linear, BatchNorm, ReLU", "Linear, ReLU, BatchNorm"]);
  }
  const page = await studyReport(data);
  expect(page).toContain(">Linear, ReLU, BatchNorm (Dropout last), as trained<");
  expect(page).not.toContain("NaN");
});
