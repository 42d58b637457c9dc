// Where do batch normalization and dropout stand best, before the activation or after it? Seven
// orders of the same layers on Auto MPG, ten seeds each, and which of them can be told apart.
// `evenkeel study TABLE --ask placement` asks it of any table.
import { nn } from "evenkeel";
import { type NetworkArm, planStudy, runStudy, StudyView, trialRunner } from "evenkeel/study";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { readMpg } from "./mpg.ts";

const { features, x, y } = readMpg();
const rows = x.map((car, i) => ({ ...Object.fromEntries(features.map((name, k) => [name, car[k]])), mpg: y[i] }));
const table = tableFromRows(rows);
const data = { table, schema: inferSchema(table, { target: "mpg" }) };

const norm = (width: number) => new nn.BatchNorm1d(width);
const relu = () => new nn.ReLU();
const drop = () => new nn.Dropout(0.1);

// What follows each Linear. The first is the order of the paper; the others are compared with it.
// ReLU only lets numbers pass or makes them 0, so dropout right before it is the same as right
// after it: two of these are one.
const orders: Record<string, ((width: number) => nn.AnyModule)[]> = {
  "BatchNorm, ReLU": [norm, relu],
  "ReLU, BatchNorm": [relu, norm],
  "Dropout, BatchNorm, ReLU": [drop, norm, relu],
  "BatchNorm, Dropout, ReLU": [norm, drop, relu],
  "BatchNorm, ReLU, Dropout": [norm, relu, drop],
  "ReLU, Dropout, BatchNorm": [relu, drop, norm],
  "ReLU, BatchNorm, Dropout": [relu, norm, drop],
};

// A function that makes a new network each time: a study trains one for each seed and learning
// rate.
const arms = Object.entries(orders).map(([name, layers]): NetworkArm => {
  const block = (inputs: number, width: number) => [new nn.Linear(inputs, width), ...layers.map((make) => make(width))];
  const network = (inputs: number) => new nn.Sequential(...block(inputs, 32), ...block(32, 16), new nn.Linear(16, 1));
  return { name, network, version: "1" };
});

const plan = planStudy(data, { arms, seeds: 10, lrs: [0.01, 0.03], epochs: 60 });
const { result } = await runStudy(plan, { execute: trialRunner(data, arms) });

// All orders see the same splits, so each seed gives one difference; the interval is over these
// ten. It is wider than the usual 95%, so that all six verdicts hold together in 95%.
const view = new StudyView(plan, result.trials);
const compared = result.claims.map(({ figures: [figure], verdict }) => ({ ...figure, verdict }));
const signed = (number: number) => `${number < 0 ? "-" : "+"}${Math.abs(number).toFixed(3)}`;
const confidence = (100 * compared[0].confidence).toFixed(1);
console.log(`order after each Linear     test MAE (mpg)   minus the first (${confidence}% interval)   better than it?`);
for (const [i, arm] of plan.arms.entries()) {
  const error = view.average(view.trainings(arm)).value;
  const { value, interval, verdict } = compared[i - 1] ?? {};
  const difference =
    value != null && interval ? `${signed(value)} (${signed(interval.low)} to ${signed(interval.high)})` : "";
  const line = `${arms[i].name.padEnd(28)}${error.toFixed(3).padStart(8)}${difference.padStart(41)}   ${verdict ?? ""}`;
  console.log(line.trimEnd());
}

const named = (found: typeof compared) => found.map((one) => `"${arms[1 + compared.indexOf(one)].name}"`).join(", ");
const better = compared.filter(({ interval }) => interval && interval.high < 0);
const worse = compared.filter(({ interval }) => interval && interval.low > 0);
const open = compared.filter(({ interval }) => interval && interval.low <= 0 && interval.high >= 0);
const reach = Math.max(...open.map(({ interval }) => Math.max(-(interval?.low ?? 0), interval?.high ?? 0)));
const said = [
  better.length > 0
    ? `better than "${arms[0].name}": ${named(better)}`
    : `no order is shown to be better than "${arms[0].name}"`,
  worse.length > 0 ? `worse: ${named(worse)}` : "none to be worse",
  ...(open.length > 0
    ? [
        `${open.length} of ${compared.length} cannot be told from it, and may differ by up to ${reach.toFixed(2)} mpg either way`,
      ]
    : []),
];
console.log(`On these ${y.length} cars ${said.join("; ")}.`);
