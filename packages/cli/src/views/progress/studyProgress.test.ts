import { Writable } from "node:stream";
import picocolors from "picocolors";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import type { WorkerShown } from "../../actions/study/queue/studyQueue.ts";
import { Pace } from "./pace.ts";
import { studyProgress } from "./studyProgress.ts";

const { plan, trials } = madeUpStudy((arm) => ({ validation: arm.norm === "batch" ? 1.5 : 2 }), {
  seeds: 2,
  dropout: 0,
  rowFractions: [],
  epochFractions: [],
});
const rates = trials.filter(({ spec }) => spec.rescale === null);
const variants = trials.filter(({ spec }) => spec.rescale !== null);
const planLines = (seconds: number | undefined) =>
  seconds === undefined ? ["plan"] : [`plan, ${Math.round(seconds)} s`, "offers"];

let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.spyOn(process, "cpuUsage").mockImplementation(() => ({ user: 1800 * now, system: 200 * now }));
});
afterEach(() => vi.restoreAllMocks());

/** All networks, one a second; the first takes 20 s, as code is compiled. */
function* events(count = trials.length) {
  const stages = [
    ["rates", rates],
    ["variants", variants],
  ] as const;
  for (const [stage, all] of stages) {
    if (count <= 0) return;
    yield { type: "stage", stage, done: 0, of: all.length } as const;
    for (const [i, result] of all.slice(0, count).entries()) {
      now += now === 0 ? 20_000 : 1000;
      yield { type: "trial", run: { result, msPerEpoch: 1 }, done: i + 1, of: all.length } as const;
    }
    count -= all.length;
  }
}

/** What a terminal of this width shows of what was written, as it wraps and is drawn over. */
function screen(
  columns: number,
  use: (progress: ReturnType<typeof studyProgress>, type: (text: string) => void) => void,
) {
  const lines: string[][] = [[]];
  let [x, y] = [0, 0];
  const write = (text: string) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is a terminal
    for (const [token, , number, command] of text.matchAll(/(\u001b\[(\d*)([A-Z]))|[\s\S]/g)) {
      if (command === "A") y = Math.max(0, y - Number(number || 1));
      else if (command === "K") lines[y].length = Math.min(lines[y].length, x);
      else if (command === "J") lines.splice(y, lines.length, lines[y].slice(0, x));
      else if (token === "\r") x = 0;
      else {
        if (token === "\n" || x >= columns) [x, y] = [0, y + 1];
        while (lines.length <= y) lines.push([]);
        if (token !== "\n") lines[y][x++] = token;
      }
    }
  };
  const stream = new Writable({
    write(chunk, _, done) {
      write(String(chunk));
      done();
    },
  });
  const terminal = Object.assign(stream, { columns, rows: 24 });
  const output = { write, writeError: write, colors: picocolors.createColors(false), terminal };
  const progress = studyProgress(output, { plan, threads: 2, planLines });
  // Ctrl-C, as the terminal echoes it: it does not return the carriage.
  use(progress, write);
  return lines.map((line) => Array.from(line, (cell) => cell ?? " ").join("")).join("\n");
}

test("on a terminal: the plan, a bar for all, and a row for each arm; an interrupt leaves them as they were last", () => {
  const text = screen(80, ({ update, stop }, type) => {
    for (const event of events(17)) {
      update(event);
      type("^C");
    }
    stop();
  });
  expect(`\n${text}`).toMatchInlineSnapshot(`
    "
    plan, 61 s
    offers
    ██████████░░░░░░░░░░░░░░  17/42 networks  0:25 left  stage 1 of 2
    raw, no normalization      ████████████  validation MAE 2.00 at 0.01
    raw, BatchNorm             ████████████  validation MAE 1.50 at 0.01
    raw, LayerNorm             █████████░░░  validation MAE 2.00 at 0.01
    z-score, no normalization  ██████░░░░░░  validation MAE 2.00 at 0.01
    z-score, BatchNorm         ██████░░░░░░  validation MAE 1.50 at 0.01
    z-score, LayerNorm         ██████░░░░░░  validation MAE 2.00 at 0.01
    "
  `);
});

const others: readonly WorkerShown[] = [
  { name: "here-1-0000", threads: 1, life: "alive", used: 9, own: true },
  { name: "node7-12-9f3a", threads: 2, life: "alive", used: 8, own: false },
];

test("the workers of other processes have a row, and what is said of them stays above the rows", () => {
  const text = screen(80, ({ update, workers, note, stop }) => {
    const all = [...events(17)];
    for (const event of all.slice(0, 9)) update(event);
    workers(others);
    note("warning: one is refused");
    for (const event of all.slice(9)) update(event);
    stop();
  });
  const lines = text.split("\n");
  expect(lines.slice(0, 2)).toEqual(["warning: one is refused", "plan"]);
  expect(lines[3]).toBe("2 workers: this process 9, node7-12-9f3a 8");
  expect(lines.at(-2)).toMatch(/^z-score, LayerNorm/);
});

test("a study whose results were taken back in part counts anew", () => {
  const text = screen(80, ({ update, stop }) => {
    for (const event of events()) update(event);
    update({ type: "stage", stage: "rates", done: 20, of: rates.length });
    stop();
  });
  expect(text).toContain("20/42 networks");
});

test("a narrow terminal shows what fits, and no row is wrapped", () => {
  const text = screen(40, ({ update, stop }) => {
    for (const event of events(17)) update(event);
    stop();
  });
  expect(`\n${text}`).toMatchInlineSnapshot(`
    "
    plan, 61 s
    offers
    █████░░░░░░░  17/42 networks  0:25 left
    raw, no normaliz…  MAE 2.00 at 0.01
    raw, BatchNorm     MAE 1.50 at 0.01
    raw, LayerNorm     MAE 2.00 at 0.01
    z-score, no norm…  MAE 2.00 at 0.01
    z-score, BatchNo…  MAE 1.50 at 0.01
    z-score, LayerNo…  MAE 2.00 at 0.01
    "
  `);
});

test("what is complete leaves the plan, with the time that was expected, and no offers", () => {
  const text = screen(80, ({ update, stop }) => {
    for (const event of events()) update(event);
    stop();
  });
  expect(text).toMatch(/^plan, \d+ s\n$/);
});

test("elsewhere the plan, again with offers once its time is known, and a line every ten seconds", () => {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  const output = { write, writeError: write, colors: picocolors.createColors(false) };
  const { update, stop } = studyProgress(output, { plan, threads: 2, planLines });
  for (const event of events()) update(event);
  stop();
  expect(`\n${text}`).toMatchInlineSnapshot(`
    "
    plan
    1/42 networks, best so far raw, no normalization: validation MAE 2.00
    plan, 61 s
    offers
    11/42 networks, 0:31 left, best so far raw, BatchNorm: validation MAE 1.50
    21/42 networks, 0:21 left, best so far raw, BatchNorm: validation MAE 1.50
    31/42 networks, 0:11 left, best so far raw, BatchNorm: validation MAE 1.50
    41/42 networks, 0:01 left, best so far raw, BatchNorm: validation MAE 1.50
    "
  `);
});

test("the pace is that of the later half: the first networks are slower", () => {
  const pace = new Pace(0);
  expect(pace.timeFor(10)).toBeUndefined();
  pace.add(1000, 1);
  for (let i = 1; i <= 20; i++) pace.add(1000 + 100 * i, 1 + i);
  expect(pace.timeFor(10)).toBeCloseTo(1000, 6);
});
