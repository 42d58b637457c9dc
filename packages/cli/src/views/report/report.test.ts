import { describe, expect, test } from "vitest";
import {
  calibrationData,
  comparisonData as comparison,
  evil,
  studyData as study,
  trainingData as training,
} from "../../../../../test/reportFixtures.ts";
import { confusionOf } from "./charts/confusion.ts";
import { summarize } from "./charts/curvesChart.ts";
import { sample } from "./charts/sample.ts";
import { heightOf, labelPositions, logarithmic, paddedScale, roundTicks } from "./charts/scale.ts";
import { comparisonReport } from "./comparisonReport.ts";
import { html, trusted } from "./html.ts";
import { studyReport } from "./studyReport.ts";
import { trainingReport } from "./trainingReport.ts";
import type { TrainingReportData } from "./types.ts";

/** The names of the tags and of the attributes of a page. */
function anatomy(page: string) {
  const tags = page.match(/<[a-zA-Z!][^>]*>/g) ?? [];
  const names = new Set(tags.map((tag) => tag.slice(1).split(/[\s>/]/)[0]));
  const attributes = new Set(
    tags.flatMap((tag) => [...tag.replaceAll(/"[^"]*"/g, '""').matchAll(/\s([^\s=>/]+)=?/g)].map(([, name]) => name)),
  );
  return {
    names: [...names].sort(),
    attributes: [...attributes].sort(),
    charts: tags.filter((tag) => tag.startsWith("<svg") && tag.includes('role="img"')),
  };
}

describe("texts of the table are only texts", () => {
  const of = (text: string) => ({
    training: () => trainingReport(training(text)),
    classes: () => trainingReport({ ...training(text), ...ofClasses(text) }),
    study: () => studyReport(study(text)),
    comparison: () => comparisonReport(comparison(text)),
  });
  const ofClasses = (text: string) => ({
    predictions: { kind: "classes" as const, classes: [text, "b"], truth: [0, 1], predicted: [0, 1] },
    calibration: calibrationData(text),
  });
  const [reports, harmless] = [of(evil), of("x")];
  test.each(["training", "classes", "study", "comparison"] as const)("%s", async (kind) => {
    const [page, plain] = [await reports[kind](), await harmless[kind]()];
    const found = anatomy(page);
    // no tag and no attribute that a report with harmless texts does not have
    expect(found.names).toEqual(anatomy(plain).names);
    expect(found.attributes).toEqual(anatomy(plain).attributes);
    for (const name of ["script", "img", "link", "iframe", "foreignObject", "use", "a"])
      expect(found.names).not.toContain(name);
    expect(found.attributes.filter((name) => /^on|^src$|href/.test(name))).toEqual([]);
    // the text is shown, and no colour or number in it is replaced as if it belonged to the drawing
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).toContain("#010101 3.14159");
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });

  test.each(["__proto__", "constructor", "toString"])("a line may be called %s", async (name) => {
    const drawn = async (text: string) => (await studyReport(study(text))).match(/stroke="var\(--series-\d\)"/g);
    expect(await drawn(name)).toEqual(await drawn("Arm"));
  });

  test("a page loads nothing", async () => {
    for (const page of [await trainingReport(training("x")), await studyReport(study("x"))]) {
      expect(page.match(/https?:|@import|url\((?!#)/g)).toBeNull();
      expect(page).toContain("default-src 'none'");
    }
  });
});

test("a page has no controls and no marks of direction, whatever the names hold", async () => {
  const evil = "x\u001b[2J\u009b1m\u202e\u2066";
  for (const page of [await trainingReport(training(evil)), await studyReport(study(evil))]) {
    expect(page).toContain("x\u{fffd}[2J\u{fffd}1m\u{fffd}\u{fffd}");
    expect(page).not.toMatch(/(?!\n|\t)[\p{Cc}\p{Bidi_Control}]/u);
  }
});

describe("html", () => {
  test("escapes texts and attributes, joins lists, leaves out what is not there", () => {
    const items = ["<", html`<i>${"&"}</i>`];
    expect(html`<p title="${'"'}">${items}${undefined}${false}${0}${trusted("<br>")}</p>`.text).toBe(
      '<p title="&quot;">&lt;<i>&amp;</i>0<br></p>',
    );
  });
});

describe("the report of a training", () => {
  test("says how good the network is beside the best baseline", async () => {
    const data = training("mpg");
    const of = async (mae: number) =>
      (await trainingReport({ ...data, scores: { test: { mae } } })).replaceAll(/\s+/g, " ");
    expect(await of(2)).toContain("The best baseline, mpg, has 4.00: this is better, 50% less.");
    expect(await of(5)).toContain("The best baseline, mpg, does better: 4.00. This network is not worth its weights.");
    expect(await of(4)).toContain("does exactly as well");
    const page = await of(5);
    expect(page).not.toContain("a sample of");
    const sampled = { ...data, split: { ...data.split, train: 2_400_000 }, sampledRows: 60_000 };
    expect((await trainingReport(sampled)).replaceAll(/\s+/g, " ")).toMatch(
      /<caption>On the 3 test rows, [^<]*\. The baselines had a sample of 60,000 training rows, this network all 2,400,000</,
    );
    expect(page.indexOf('<th scope="row">mpg')).toBeLessThan(page.indexOf('<th scope="row">this network'));
    expect(page.indexOf('<th scope="row">this network')).toBeLessThan(page.indexOf('<th scope="row">mean'));
  });

  test("accuracies are percentages, and more is better", async () => {
    const page = await trainingReport({
      ...training("x"),
      metric: "accuracy",
      scores: { test: { accuracy: 0.9 } },
      baselines: { commonest: { test: { accuracy: 0.5 } }, linear: { test: { accuracy: 0.8 } } },
      predictions: { kind: "classes", classes: ["a", "b"], truth: [0, 0, 0, 1], predicted: [0, 0, 1, 1] },
    });
    expect(page).toContain("The best baseline, linear, has 80.0%: this is better, 10.0 points more.");
    expect(page).toMatch(
      /<th scope="row">a<\/th><td class="hit" style="--share:0.667">2<\/td><td style="--share:0.333">1<\/td><td class="sum">67% of 3/,
    );
    expect(page).toMatch(/right when predicted<\/th><td class="sum">100%<\/td><td class="sum">50%/);
  });

  test("has a described drawing for curves, predictions, residuals and importance", async () => {
    const { charts } = anatomy(await trainingReport(training("mpg")));
    expect(charts.map((tag) => /aria-label="(\w+)/.exec(tag)?.[1])).toEqual([
      "Learning",
      "The",
      "Predicted",
      "Residuals",
      "Permutation",
    ]);
    for (const tag of charts) expect(tag).toContain('role="img"');
  });

  test("writes what a column is worth beside its bar, also where that reaches to the left of 0", async () => {
    const columns = [
      [1, 2],
      [-0.5, -0.1],
    ].map((drops, i) => ({ column: `c${i}`, drops }));
    const page = await trainingReport({ ...training("mpg"), importance: { metric: "mae", part: "test", columns } });
    const chart = page.slice(page.indexOf('aria-label="Permutation'));
    const left = (text: string) => Number(new RegExp(`translate\\(([\\d.]+),[^>]*>${text}<`).exec(chart)?.[1]);
    expect(left("[-−]0.300")).toBeGreaterThan(left("0")); // of the axis
  });

  test("says which statistics of BatchNorm were kept", async () => {
    const part = (mae: number) => ({ test: { mae } });
    const batchNorm = { asTrained: part(5), recomputed: part(2), kept: "recomputed" as const };
    const page = await trainingReport({ ...training("mpg"), scores: part(2), batchNorm });
    expect(page).toMatch(/test, statistics as trained<\/th><td>3<\/td><td>5\.00/);
    expect(page).toMatch(/test, statistics recomputed \(kept\)<\/th><td>3<\/td><td>2\.00/);
  });

  test("draws what there is when there is little, or much that is not finite", async () => {
    const nothing = { kind: "regression", truth: [], predicted: [] } as const;
    const odd: Partial<TrainingReportData>[] = [
      {
        predictions: nothing,
        curves: { metric: "mae", lines: [] },
        scores: {},
        baselines: {},
        findings: [],
        usage: [],
      },
      { predictions: { kind: "classes", classes: ["only"], truth: [0], predicted: [0] } },
      { predictions: { kind: "regression", truth: [5, 5], predicted: [5, 5] } },
      { predictions: { kind: "regression", truth: [1, 2], predicted: [Number.NaN, Number.POSITIVE_INFINITY] } },
      {
        scores: { test: { mae: Number.NaN } },
        curves: { metric: "mae", lines: [{ label: "a", runs: [[Number.NaN], [1e300, 1]] }] },
      },
      {
        curves: {
          metric: "mae",
          lines: [
            { label: "a", runs: [[5]] },
            { label: "b", runs: [[0, 0, 0]] },
          ],
        },
      },
      { importance: { metric: "mae", part: "test", columns: [{ column: "a", drops: [0] }] } },
      { importance: { metric: "mae", part: "test", columns: [] } },
      { importance: { metric: "mae", part: "test", columns: [{ column: "a", drops: [Number.NaN] }] } },
    ];
    for (const changes of odd) {
      const page = await trainingReport({ ...training("mpg"), ...changes });
      expect(page.match(/NaN|Infinity|undefined|\[object/), JSON.stringify(changes)).toBeNull();
    }
  });

  test("stays small for a million rows", async () => {
    const truth = Float64Array.from({ length: 1e6 }, (_, i) => i % 1000);
    const predictions = { kind: "regression", truth, predicted: truth.map((value) => value + 1) } as const;
    const run = Array.from({ length: 10_000 }, (_, i) => 1 / (i + 1));
    const curves = { metric: "mae", lines: [{ label: "validation", runs: [run, run] }] };
    const page = await trainingReport({ ...training("mpg"), predictions, curves });
    expect(page).toContain("2,000 of 1,000,000 rows are drawn.");
    expect(page.length).toBeLessThan(1_000_000);
  });
});

describe("the report of a study", () => {
  test("has the answer, a verdict in words for each claim, and all charts", async () => {
    const page = await studyReport(study("Arm"));
    for (const words of ["✓ held", "✗ not held", "≈ undecided"]) expect(page).toContain(words);
    expect(page).toContain('<div class="answer"><p>Arm</p>');
    expect(page).toMatch(/<tr role="row" class="ours"><th role="rowheader" scope="row">better/);
    expect(page).toMatch(/<td role="cell" data-head="difference">\+1\.00<small>\+0\.500 to \+1\.50<\/small>/);
    expect(page).toContain("<small>3 of 5 arrive</small>");
    expect(anatomy(page).charts).toHaveLength(4);
    expect(page).toContain("Crosses: some seeds diverged there.");
  });

  test("no order decides which of two equal arms is the best", async () => {
    const data = study("Arm");
    const [worse, ...rest] = data.rows;
    const equal = { ...rest[1], label: "equal", test: { value: 1, interval: { low: 0, high: 2.25 } } };
    const page = await studyReport({ ...data, rows: [worse, ...rest, equal] });
    expect(
      [...page.matchAll(/<tr role="row" class="ours"><th role="rowheader" scope="row">(\w+)/g)].map(
        ([, label]) => label,
      ),
    ).toEqual(["better", "equal"]);
  });

  test("comes in the order of a reader's questions", async () => {
    const page = await studyReport(study("Arm"));
    const order = [
      'class="answer"',
      'class="differences',
      ">What held",
      ">How the arms learned",
      ">Learning rates",
      ">Rows",
      ">The arms",
      ">How to read these figures",
      ">What was run",
    ];
    const places = order.map((words) => page.indexOf(words));
    expect(places).not.toContain(-1);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  test("draws what there is of an interrupted study", async () => {
    const { curves: _, learningRates: __, rowCounts: ___, ...rest } = study("Arm");
    const page = await studyReport({
      ...rest,
      rows: [],
      kept: [],
      claims: [],
      notes: [],
      headline: [],
      answer: [],
      power: null,
    });
    expect(anatomy(page).charts).toEqual([]);
    const lonely = rest.rows.map((row) => ({ ...row, test: { value: Number.NaN, interval: null }, spread: null }));
    expect(await studyReport({ ...rest, rows: lonely })).not.toContain("NaN");
  });
});

describe("what the charts are made of", () => {
  test("a curve is the mean of the seeds that got so far, between the lowest and the highest", () => {
    expect(
      summarize({
        label: "a",
        runs: [
          [1, 2, 3],
          [3, Number.NaN],
        ],
      }),
    ).toEqual([
      { label: "a", at: 1, mean: 2, low: 1, high: 3 },
      { label: "a", at: 2, mean: 2, low: 2, high: 2 },
      { label: "a", at: 3, mean: 3, low: 3, high: 3 },
    ]);
    const long = summarize({ label: "a", runs: [Array.from({ length: 1001 }, (_, i) => i)] });
    expect(long.length).toBeLessThanOrEqual(302);
    expect([long[0].at, long[long.length - 1].at]).toEqual([1, 1001]);
  });

  test("a sample is spread evenly, without repetition", () => {
    expect(sample(3, 5)).toEqual([0, 1, 2]);
    expect(sample(10, 5)).toEqual([1, 3, 5, 7, 9]);
    expect(new Set(sample(2001, 2000)).size).toBe(2000);
  });

  test("ticks are round and within", () => {
    expect(roundTicks([0, 10], 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(roundTicks([-0.11, 0.28], 4)).toEqual([-0.1, 0, 0.1, 0.2]);
    expect(logarithmic(2, 20).ticks).toEqual([2, 5, 10, 20]);
    expect(logarithmic(1e-3, 100).ticks).toEqual([0.001, 0.01, 0.1, 1, 10, 100]);
    expect(paddedScale(0.5, 10).domain[0]).toBe(0);
    expect(paddedScale(8, 10).domain[0]).toBeGreaterThan(7);
  });

  test("labels keep their order and distance, near their values and within the drawing", () => {
    const scale = paddedScale(0, 10);
    for (const values of [[5], [5, 5, 5, 5], [0, 0, 0], [10, 10, 0, 9.9], [1, 2, 3, 4, 5]]) {
      const positions = labelPositions(values, scale, 200, 15);
      const sorted = [...positions].sort((a, b) => a - b);
      for (let i = 1; i < sorted.length; i++) expect(sorted[i] - sorted[i - 1]).toBeGreaterThanOrEqual(15 - 1e-9);
      for (const y of positions) {
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(200);
      }
      for (const [i, a] of values.entries()) {
        for (const [j, b] of values.entries()) if (a > b) expect(positions[i]).toBeLessThan(positions[j]);
      }
    }
    expect(labelPositions([5, 5], scale, 200, 20).map((y) => y - heightOf(5, scale, 200))).toEqual([-10, 10]);
  });

  test("many classes: the commonest by themselves, the others together, no row lost", () => {
    const classes = Array.from({ length: 30 }, (_, i) => `class ${i}`);
    const truth = Array.from({ length: 600 }, (_, i) => Math.floor(Math.sqrt(i)) % 30);
    const { names, counts } = confusionOf({
      kind: "classes",
      classes,
      truth,
      predicted: truth.map((of) => (of + 1) % 30),
    });
    expect(names).toHaveLength(10);
    expect(names.at(-1)).toBe("the other 21");
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(600);
  });
});
