import { manualSeed, nn, randperm, train } from "evenkeel";
import {
  type Estimate,
  type Figure,
  type NetworkArm,
  type NormArm,
  planStudy,
  runStudy,
  type StudyData,
  trialRunner,
} from "evenkeel/study";
import { inferSchema, tableFromRows } from "evenkeel/tabular";
import { readMpg } from "../examples/mpg.ts";
import { type Finding, seedsFrom, type Tables } from "./finding.ts";

type Cars = ReturnType<typeof readMpg>;
type Note = (text: string) => void;

const target = "mpg";
const settings = { seeds: 6, lrs: [0.003, 0.03], epochs: 30, hidden: [32, 16] };
const studies = 4;

function dataOf({ features, x, y }: Cars): StudyData {
  const rows = x.map((car, i) => ({
    ...Object.fromEntries(features.map((name, k) => [name, car[k]])),
    [target]: y[i],
  }));
  const table = tableFromRows(rows);
  return { table, schema: inferSchema(table, { target }) };
}

/** No effect: which car has which fuel economy is drawn, so that there is nothing to learn. */
function shuffled(cars: Cars, seed: number): Cars {
  manualSeed(seed);
  return { ...cars, y: [...randperm(cars.y.length).data].map((row) => cars.y[Number(row)]) };
}

/** An effect: the measured columns in units of 1, 1e3 and 1e6, in an order that is drawn. */
function inOtherUnits(cars: Cars, seed: number): Cars {
  manualSeed(seed);
  const units = [...randperm(cars.measured).data].map((place) => 10 ** (3 * (Number(place) % 3)));
  return { ...cars, x: cars.x.map((car) => car.map((value, k) => value * (units[k] ?? 1))) };
}

const arms: readonly NormArm[] = (["raw", "zscore"] as const).flatMap((scale) =>
  (["none", "batch"] as const).map((norm) => ({ scale, norm, dropout: 0 })),
);

const cellsOf = ({ value, interval, seeds, judged }: Figure): [Estimate | string, string] => [
  value === null ? "none" : { count: seeds, value, interval },
  judged?.verdict ?? "",
];

async function normalization(name: string, cars: Cars): Promise<(string | Estimate)[]> {
  const data = dataOf(cars);
  const plan = planStudy(data, { ...settings, arms: [...arms], rowFractions: [], epochFractions: [], rescale: [] });
  const { result } = await runStudy(plan, { execute: trialRunner(data) });
  const { figures } = result.claims.find(({ id }) => id === "betterResult")!;
  const decide = figures.filter(({ judged }) => judged !== undefined);
  return [name, result.headline.verdict, ...decide.flatMap(cellsOf)];
}

async function planted(first: number, note: Note): Promise<Tables> {
  const cars = readMpg();
  const rows: (string | Estimate)[][] = [];
  for (const [name, plant] of [["nothing to learn", shuffled] as const, ["units 1 to 1e6", inOtherUnits] as const]) {
    for (const seed of seedsFrom(first, studies)) {
      note(`${name}, table ${seed}`);
      rows.push(await normalization(`${name}, ${seed}`, plant(cars, seed)));
    }
  }
  return {
    studies: {
      columns: ["table", "does BatchNorm help?", "on raw inputs", "better", "on z-scores", "better on these"],
      rows,
    },
  };
}

/** BatchNorm that does nothing: mean 0, variance 1, frozen. */
const networks: readonly NetworkArm[] = ["without", "frozen BatchNorm"].map((name) => ({
  name,
  version: "1",
  network(features) {
    const [linear, norm] = [new nn.Linear(features, 32), new nn.BatchNorm1d(32, { affine: false })];
    const net = new nn.Sequential(linear, ...(name === "without" ? [] : [norm]), new nn.ReLU(), new nn.Linear(32, 1));
    if (name !== "without") train.freezeBatchNorm(net);
    return net;
  },
}));

async function identity(_: number, note: Note): Promise<Tables> {
  note("a BatchNorm that does nothing");
  const data = dataOf(readMpg());
  const plan = planStudy(data, { ...settings, arms: [...networks], rowFractions: [] });
  const { result } = await runStudy(plan, { execute: trialRunner(data, [...networks]) });
  const [claim] = result.claims;
  const rows = claim.figures.map((figure) => [claim.claim, claim.verdict, cellsOf(figure)[0]]);
  return { identity: { columns: ["claim", "verdict", "difference in MAE"], rows } };
}

export const plantedEffects: Finding = {
  name: "planted",
  title: "A planted null and a planted effect",
  parts: [planted, identity],
  conclude({ studies: table, identity: nothing }) {
    const verdicts = (name: string, columns: readonly string[]) =>
      table.rows
        .filter(([cell]) => String(cell).startsWith(name))
        .map((row) => columns.map((column) => row[table.columns.indexOf(column)]));
    const every = ["does BatchNorm help?", "better", "better on these"];
    const alarms = verdicts("nothing", every).filter((row) => row.includes("held")).length;
    const found = verdicts("units", ["better"]).filter((row) => row.includes("held")).length;
    const told = nothing.rows.every(([, verdict]) => verdict === "not held");
    const right = [alarms === 0, found === studies, told].filter(Boolean).length;
    return {
      verdict: right === 3 ? "as planted" : right > 0 ? "in part" : "not as planted",
      sentence:
        `Where there is nothing to learn, ${alarms} of ${studies} studies say that BatchNorm helps; where raw columns differ ` +
        `by six orders of magnitude, ${found} of ${studies} find that it helps on them; a BatchNorm that does nothing is ` +
        `${told ? "excluded from being" : "not excluded from being"} better.`,
    };
  },
};
