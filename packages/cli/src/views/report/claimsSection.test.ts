import { expect, test } from "vitest";
import { studyData } from "../../../../../test/reportFixtures.ts";
import { claimsSection, figureBar } from "./claimsSection.ts";
import type { ClaimFigure } from "./types.ts";

const figure: ClaimFigure = {
  ...{ label: "on raw features", unit: "MAE", value: -0.3, seeds: 10, confidence: 0.975 },
  interval: { low: -0.5, high: -0.1 },
  judged: { none: 0, worth: -0.05, verdict: "held" },
};

test("a figure as data: its axis holds the interval, no effect and the smallest effect of interest", () => {
  const { write: _, ...data } = figureBar(figure)!;
  expect(data).toMatchInlineSnapshot(`
    {
      "axis": {
        "domain": [
          -0.52,
          0.02,
        ],
        "ticks": [
          -0.4,
          -0.2,
          0,
        ],
        "type": "linear",
      },
      "bar": {
        "dot": 40.74,
        "left": null,
        "line": [
          3.7,
          77.78,
        ],
        "right": null,
        "seeds": [],
      },
      "ground": {
        "none": 0,
        "worth": -0.05,
      },
    }
  `);
});

test("an axis reaches to the line of no effect, for ratios to 1", () => {
  const judged = { none: 1, worth: 0.95, verdict: "held" } as const;
  const { axis, bar, write } = figureBar({ ...figure, value: 0.5, interval: { low: 0.4, high: 0.6 }, judged })!;
  expect(axis.domain[1]).toBeGreaterThan(1);
  expect(bar.right).toBeNull();
  expect([write(0.5), figureBar(figure)!.write(0.5)]).toEqual(["0.500", "+0.500"]);
});

test("what was not measured, or decides nothing, has no bar", () => {
  const { judged: _, ...shown } = figure;
  expect(figureBar(shown)).toBeUndefined();
  expect(figureBar({ ...figure, value: null, interval: null })).toBeUndefined();
  const { bar } = figureBar({ ...figure, interval: null })!;
  expect([bar.line, bar.dot]).toEqual([null, expect.any(Number)]);
});

test("a claim: its verdict in words, its figures, and the rule folded away", () => {
  const [claim] = studyData("Arm").claims;
  const figures = [{ ...figure, won: 9 }];
  const page = claimsSection({ claims: [{ ...claim, inPart: true, rule: "THE RULE", figures }] });
  const text = page === false ? "" : page.text;
  expect(text).toContain('<span class="verdict held">✓ held in part</span> Arm');
  expect(text).toMatch(/−0\.300 MAE <small>−0\.500 to −0\.100 \(97\.5%\)<br>9 of 10 seeds/);
  expect(text).toMatch(/<details>.*THE RULE.*<\/details>/s);
  // Of several figures each has its own verdict.
  expect(text.match(/✓ held/g)).toHaveLength(1);
  const two = claimsSection({ claims: [{ ...claim, figures: [figure, figure] }] });
  expect(two === false ? "" : two.text.match(/✓ held/g)).toHaveLength(3);
  expect(claimsSection({ claims: [] })).toBe(false);
});
