import { version } from "../../../evenkeel/package.json";
import type { CellGrid } from "../charts/cells.ts";
import { coloursOf } from "../charts/colours.ts";
import { tableFileName } from "../code/quoted.ts";
import { recomputedInWords } from "../panels/breakSentences.ts";
import { errorChart, errorFormat, lossChart } from "../panels/errorCharts.ts";
import { errorSentence } from "../panels/errorSentence.ts";
import { alongChart, histogramChart, ratioChart } from "../panels/gradientCharts.ts";
import { layerCharts } from "../panels/layerCharts.ts";
import { confusionGrid, predictionChart } from "../panels/predictionCharts.ts";
import { rateCells, rateGrid } from "../panels/rateCells.ts";
import { sideNames } from "../panels/sideNames.ts";
import type { Lab } from "../state/lab.svelte.ts";
import { writeLink } from "../state/link.ts";
import { type Setup, sides } from "../state/setup.ts";
import { givenName } from "../tables/given.ts";
import { rateSteps } from "../training/rateRange.ts";
import { type ChartGroup, type LabReport, reportHtml, type SideScores } from "./page.ts";

/**
 * What the page shows now, as one HTML file.
 *
 * @throws Error if nothing is trained, or the trainings began anew meanwhile
 */
export async function reportOf(lab: Lab): Promise<string> {
  const { started, setup, target } = lab;
  if (started === undefined) throw new Error("nothing is trained yet");
  const tableName = setup.table === "own" ? lab.tableName : setup.table;
  const file = tableFileName(tableName);
  const names = sideNames(setup);
  // What is there now, before anything is waited for: the trainings go on.
  const seen: Omit<LabReport, "lint" | "programs"> = {
    ...{ table: tableName, target, setup, version, task: started.task, rows: started.rows },
    standing: errorSentence({ setup, task: started.task, target, trainings: { left: lab.left, right: lab.right } }),
    scores: sides.map((side) => scoresOf(lab, side, names[side])),
    groups: groupsOf(lab),
    findings: started.findings,
    noticed: lab.noticed,
    recomputed: sides.flatMap((side) => {
      const { recomputed } = lab[side];
      return recomputed ? [recomputedInWords(side, recomputed, started.task !== "regression")] : [];
    }),
    ...(lab.asked &&
      lab.askedAbout !== "another table" && { asked: { ...lab.asked, isOfThis: lab.askedAbout === "this" } }),
    link: linkOf(setup),
    palettes: { light: coloursOf("light"), dark: coloursOf("dark") },
    created: new Date(),
  };
  const [lint, programs] = await Promise.all([
    Promise.all(sides.map(async (side) => ({ name: names[side], findings: await lab.lint(side) }))),
    Promise.all(sides.map(async (side) => ({ side, name: names[side], programs: await lab.programs(side, file) }))),
  ]);
  if (lab.started !== started) throw new Error("the trainings began anew meanwhile; save it again");
  const known = programs.flatMap((one) => (one.programs === undefined ? [] : [{ ...one, programs: one.programs }]));
  return reportHtml({ ...seen, lint, programs: known });
}

function scoresOf(lab: Lab, side: (typeof sides)[number], name: string): SideScores {
  const { points, step, state, recomputed } = lab[side];
  const last = points.at(-1);
  const write = errorFormat(lab.started?.task ?? "regression");
  return {
    ...{ name, step, diverged: state === "diverged" },
    evalMode: last ? write(last.evalMode) : "",
    trainMode: last ? write(last.trainMode) : "",
    recomputed: recomputed ? `${write(recomputed.after)} at step ${recomputed.step.toLocaleString("en-US")}` : "",
    loss: last && !Number.isNaN(last.loss) ? last.loss.toPrecision(3) : "",
  };
}

function groupsOf(lab: Lab): ChartGroup[] {
  const { setup, target } = lab;
  const task = lab.started?.task ?? "regression";
  const points = { left: lab.left.points, right: lab.right.points };
  const pictures = { left: lab.left.pictures, right: lab.right.pictures };
  const recomputed = { left: lab.left.recomputed, right: lab.right.recomputed };
  const names = sideNames(setup);
  const predicted = sides.flatMap((side) => {
    const { predictions } = lab[side];
    return predictions === undefined ? [] : [{ side, predictions }];
  });
  const hasRates = sides.some((side) => lab[side].rates.length > 0);
  const cells = rateCells({ left: lab.left.rates, right: lab.right.rates });
  const rateTitle = `Held-out error by learning rate, after ${rateSteps(setup)} steps`;
  return [
    {
      title: "How they learned",
      note: "Held-out errors: thick in eval mode, as in use; thin in train mode, with the statistics of the rows themselves. Where the two part, the running statistics of BatchNorm do not fit the network as it was then.",
      charts: [errorChart(setup, { task, target }, points, recomputed), lossChart(setup, points)],
    },
    {
      title: "Learning rates",
      note: "Both networks, trained anew at 16 learning rates. The stronger a cell, the lower its error; × is a training that diverged.",
      charts: [],
      grids: hasRates ? [{ title: rateTitle, rows: "Rate", grid: transposed(rateGrid(setup, task, cells)) }] : [],
    },
    {
      title: "Predictions",
      note: "Of held-out rows, in eval mode, beside the truth. A right prediction is on the diagonal.",
      charts: predicted.flatMap(({ side, predictions }) =>
        predictions.kind === "numbers" ? [predictionChart(setup, side, target, predictions)] : [],
      ),
      grids: predicted.flatMap(({ side, predictions }) =>
        predictions.kind === "classes"
          ? [{ title: `${names[side]}: held-out rows`, rows: `true ${target}`, grid: confusionGrid(predictions) }]
          : [],
      ),
    },
    {
      title: "Inside the layers",
      note: "How the values within each hidden layer are distributed, for 128 training rows.",
      charts: sides.flatMap((side) => layerCharts(setup, side, pictures[side], "given")),
    },
    {
      title: "Gradients",
      note: "How far a gradient can be trusted, how large the gradients of the weights are, and by what share a step changes the weights.",
      charts: [
        alongChart(setup, pictures),
        ...setup.hidden.flatMap((_, layer) => [
          histogramChart(setup, pictures, layer),
          ratioChart(setup, pictures, layer),
        ]),
      ],
    },
  ];
}

/** A row for each column: sixteen columns are wider than a page. */
function transposed({ columns, rows }: CellGrid): CellGrid {
  return {
    label: "network",
    columns: rows.map(({ label }) => label),
    rows: columns.map((label, i) => ({ label, cells: rows.map(({ cells }) => cells[i]) })),
  };
}

/** The address with this set-up; only what stands behind # where it leads nowhere but to this machine. */
function linkOf(setup: Setup): string {
  const { protocol, origin, pathname } = location;
  const hash = `#${writeLink(setup)}`;
  const isPublic = (protocol === "https:" || protocol === "http:") && givenName() === "" && !isLocal(location.hostname);
  return isPublic ? `${origin}${pathname}${hash}` : hash;
}

function isLocal(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "[::1]";
}
