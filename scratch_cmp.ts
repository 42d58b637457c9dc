// Trains on rows of the prototype's table and split, and scores the same test rows.
import { readFileSync } from "node:fs";
import { tableFromRows } from "evenkeel/tabular";
import { trainTable } from "evenkeel/train";
const { rows, target, train, test, kinds, seed } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const recipe = process.argv[3] as "simple" | "ensemble";
const table = tableFromRows(rows);
// As the prototype: the first fifth of its order is held back.
const cut = Math.min(Math.floor(train.length * 0.2), 5000);
const split = { validation: Int32Array.from(train.slice(0, cut)).sort(), train: Int32Array.from(train.slice(cut)).sort(), test: Int32Array.from(test).sort() };
const c = process.cpuUsage(), t = performance.now();
const n = train.length;
const r = await trainTable(table, { target, kinds, recipe, seed, split, ...(recipe === "ensemble" && n <= 400 && { lengthFolds: 5 }) });
const u = process.cpuUsage(c);
const s = r.scores.test as any;
console.log(JSON.stringify({ file: process.argv[2].split("/").pop(), recipe, mae: s.mae, rmse: s.rmse, logLoss: s.logLoss, accuracy: s.accuracy, kept: r.keptEpoch, of: r.plan.epochs, ran: r.history.epochs.length, cpu: (u.user + u.system) / 1e6, wall: (performance.now() - t) / 1000 }));
