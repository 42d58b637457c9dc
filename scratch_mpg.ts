import { readFileSync } from "node:fs";
import { tableFromRows } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";
const cars = JSON.parse(readFileSync("node_modules/vega-datasets/data/cars.json","utf8"));
const table = tableFromRows(cars.map(({Name, ...r}: any) => r));
for (const recipe of (process.argv[2] ?? "ensemble,simple").split(",") as ("simple"|"ensemble")[]) for (const seed of (process.argv[3] ?? "0,1,2,3").split(",").map(Number)) {
const t = performance.now(), c=process.cpuUsage();
let last: any;
const r = await trainTable(table, { target: "Miles_per_Gallon", recipe, seed, onEpoch: (e) => { last = e; } });
const u=process.cpuUsage(c);
console.log(recipe, seed, "mae", r.scores.test!.mae.toFixed(3), "rmse", (r.scores.test as any).rmse.toFixed(3), "ridge", r.baselines.find(b=>b.name==="ridge")!.scores.test!.mae.toFixed(3), "kept", r.keptEpoch, "of", r.plan.epochs, r.history.epochs.length, "folds", r.refit?.folds?.map(f=>f.losses.length).join(), r.refit?.kept, ((performance.now()-t)/1000).toFixed(1)+"s", ((u.user+u.system)/1e6).toFixed(1)+"cpu");
}
