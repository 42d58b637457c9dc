import { describe, expect, it } from "vitest";
import { type Colours, colourNames } from "../charts/colours.ts";
import { defaultSetup } from "../state/setup.ts";
import type { StudyAnswer } from "../study/ask.ts";
import { type LabReport, reportHtml } from "./page.ts";

const palette = Object.fromEntries(colourNames.map((name) => [name, "rgb(1, 2, 3)"])) as Colours;
const score = {
  step: 2000,
  diverged: false,
  evalMode: "2.65",
  trainMode: "1.9",
  recomputed: "1.85 at step 2,000",
  loss: "0.05",
};
const line = { label: "BatchNorm, eval mode", colour: "right", x: [0, 10], y: [9, 2.65] } as const;

const report: LabReport = {
  ...{
    table: "mpg",
    target: "Miles_per_Gallon",
    task: "regression",
    version: "0.1.0",
    created: new Date("2026-11-30"),
  },
  rows: { train: 254, validation: 64, test: 80 },
  standing: "After all 2,000 steps: without normalization off by 3.96 Miles_per_Gallon.",
  scores: [
    { ...score, name: "No normalization", recomputed: "", diverged: true },
    { ...score, name: "BatchNorm" },
  ],
  groups: [
    {
      ...{ title: "How they learned", note: "Held-out errors." },
      charts: [{ title: "Error", x: { label: "step" }, y: { label: "off by" }, areas: [], lines: [line] }],
    },
    {
      ...{ title: "Learning rates", note: "Sixteen.", charts: [] },
      grids: [
        {
          ...{ title: "By rate", rows: "Network" },
          grid: {
            ...{ label: "learning rate", columns: ["0.001", "1"] },
            rows: [
              {
                label: "BatchNorm",
                cells: [
                  { text: "2", share: 0.5 },
                  { text: "diverged", share: 0, isCrossed: true },
                ],
              },
            ],
          },
        },
      ],
    },
    { title: "Nothing here", note: "", charts: [] },
  ],
  findings: [],
  noticed: ["the fields are separated by semicolons"],
  lint: [
    {
      name: "BatchNorm",
      findings: [{ rule: "small-batch", severity: "warning", module: "layers.1", reason: "r", cure: "c" }],
    },
  ],
  recomputed: ["Right, step 2,000: lower."],
  setup: { ...defaultSetup, lr: 0.01 },
  link: "https://example.org/lab/#lr=0.01",
  programs: [{ side: "right", name: "BatchNorm", programs: { evenkeel: "const a = 1 < 2;", torch: "import torch" } }],
  palettes: { light: palette, dark: palette },
};

describe("the report of the lab", () => {
  const text = reportHtml(report);

  it("says where both networks stand, and what was set and found", () => {
    for (const part of [
      ...[
        "After all 2,000 steps",
        "Right, step 2,000: lower.",
        "254 rows to train on",
        "2,000 (diverged)",
        "1.85 at step 2,000",
      ],
      ...[
        "the fields are separated by semicolons",
        "BatchNorm, layers.1, small-batch: r; c",
        "<dd>0.01</dd>",
        "<dd>50, 25</dd>",
      ],
      ...[
        '<a href="https://example.org/lab/#lr=0.01">',
        "const a = 1 &lt; 2;",
        "import torch",
        "30 November 2026",
        ">×<",
      ],
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain("Nothing here");
    expect(text).not.toContain("Asked");
  });

  it("has what the study said, with whether that was of another set-up", () => {
    const answer: StudyAnswer = {
      ...{ ran: ["40 networks"], answer: ["It <helps>."], power: null, headline: ["0.2 less"], claims: [] },
      ...{ metric: "MAE", complete: false },
      rows: [
        { label: "raw", lr: 0.01, error: 2.3456, difference: null, won: null },
        {
          ...{ label: "raw, BatchNorm", lr: 0.001, error: 2.1 },
          ...{ difference: { value: -0.2456, low: -0.4, high: 0.1 }, won: { seeds: 3, of: 4 } },
        },
      ],
    };
    const shown = reportHtml({ ...report, asked: { seeds: 4, answer, isOfThis: true } });
    for (const part of ["Asked 4 seeds", "It &lt;helps&gt;.", "was stopped", "40 networks", "0.2 less"]) {
      expect(shown).toContain(part);
    }
    expect(shown).toContain('<th scope="row">raw</th><td>0.01</td><td>2.35</td><td>reference</td><td></td>');
    expect(shown).toContain("<td>-0.246 (-0.4 to +0.1)</td><td>3 of 4</td>");
    expect(shown).not.toContain("before the last change");
    const before = reportHtml({
      ...report,
      asked: { seeds: 4, answer: { ...answer, complete: true }, isOfThis: false },
    });
    expect(before).toContain("before the last change");
    expect(before).not.toContain("was stopped");
  });

  it("has each chart with its legend and its values", () => {
    expect(text.match(/<svg class="chart"/g)).toHaveLength(1);
    expect(text.match(/<svg class="swatch"/g)).toHaveLength(1);
    expect(text).toContain('<th scope="row">10</th><td>2.65</td>');
  });

  it("loads nothing and runs nothing", () => {
    expect(text).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(text).not.toMatch(/<script|<img|<link|url\((?!#chart)|@import/);
  });

  it("shows what comes from a stranger's table as text", () => {
    const evil = `</style></svg><script>alert("x")</script>\u202e\u0000'`;
    const bad: LabReport = {
      ...report,
      ...{
        table: evil,
        target: evil,
        standing: evil,
        noticed: [evil],
        link: `#table=own&target=${evil}`,
        recomputed: [evil],
      },
      setup: { ...defaultSetup, table: "own", target: evil, times: evil },
      groups: [
        { title: evil, note: evil, charts: [{ ...report.groups[0].charts[0], title: evil, x: { label: evil } }] },
      ],
      programs: [{ side: "left", name: evil, programs: { evenkeel: evil, torch: evil } }],
    };
    const shown = reportHtml(bad);
    expect(shown).not.toContain("<script");
    for (const sign of ["\u0000", "\u202e"]) expect(shown).not.toContain(sign);
    expect(shown.match(/<\/style>/g)).toHaveLength(1);
    expect(shown).toContain("Behind the address of the lab: <code>#table=own");
    expect(shown).toContain("has to be opened there");
  });
});
