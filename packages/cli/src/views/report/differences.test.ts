import { expect, test } from "vitest";
import { studyData } from "../../../../../test/reportFixtures.ts";
import { differencesFigure, differencesOf } from "./differences.ts";
import type { StudyArm } from "./types.ts";

const [reference, , , near] = studyData("Arm").rows;
const arm = (name: string, value: number, half: number, differences: readonly number[] = []): StudyArm => ({
  ...{ ...near, name, label: name, differences },
  difference: { value, interval: { low: value - half, high: value + half } },
});
/** Two arms near the reference, and one that is far from it. */
const study = {
  ...{ ...studyData("Arm"), metric: "mae" },
  kept: [
    { ...reference, name: "plain" },
    arm("near", -0.1, 0.05, [-0.2, 0]),
    arm("nearer", 0.02, 0.08, [0.1, 3]),
    arm("worse", 1.71, 0.5, [1.5, 1.9]),
  ],
};

test("the picture as data: what is beyond the axis has its number there", () => {
  expect(differencesOf(study)).toMatchInlineSnapshot(`
    {
      "axis": {
        "domain": [
          -0.24400000000000002,
          0.9440000000000002,
        ],
        "ticks": [
          -0.2,
          0,
          0.2,
          0.4,
          0.6,
          0.8,
        ],
        "type": "linear",
      },
      "beyond": {
        "left": false,
        "right": true,
      },
      "groups": [
        {
          "rows": [
            {
              "bar": null,
              "difference": "reference",
              "interval": "",
              "name": "plain",
              "side": "open",
            },
            {
              "bar": {
                "dot": 12.12,
                "left": null,
                "line": [
                  7.91,
                  16.33,
                ],
                "right": null,
                "seeds": [
                  3.7,
                  20.54,
                ],
              },
              "difference": "−0.100",
              "interval": "−0.150 to −0.050",
              "name": "near",
              "side": "better",
            },
            {
              "bar": {
                "dot": 22.22,
                "left": null,
                "line": [
                  15.49,
                  28.96,
                ],
                "right": "seed +3.00",
                "seeds": [
                  28.96,
                ],
              },
              "difference": "+0.020",
              "interval": "−0.060 to +0.100",
              "name": "nearer",
              "side": "open",
            },
            {
              "bar": {
                "dot": null,
                "left": null,
                "line": null,
                "right": "+1.71",
                "seeds": [],
              },
              "difference": "+1.71",
              "interval": "+1.21 to +2.21",
              "name": "worse",
              "side": "worse",
            },
          ],
          "title": "Arm",
        },
      ],
    }
  `);
});

test("one arm that is far away does not compress the others, whichever way it lies", () => {
  for (const sign of [1, -1]) {
    const far = arm("far", sign * 50, 1);
    const { axis, beyond } = differencesOf({ ...study, kept: [...study.kept.slice(0, 3), far] })!;
    expect(Math.max(...axis.domain.map(Math.abs))).toBeLessThan(1);
    expect(beyond).toEqual({ left: sign < 0, right: true }); // to the right: a seed at 3
  }
});

test("an arm is better by its interval, whichever way is better", () => {
  const sides = (metric: string) => {
    const { groups } = differencesOf({ ...studyData("Arm"), metric })!;
    return groups.flatMap(({ rows }) => rows.map(({ name, side }) => [name, side]));
  };
  expect(sides("mae")).toEqual([
    ["Arm", "open"],
    ["worse", "worse"],
    ["better", "better"],
    ["open", "open"],
  ]);
  expect(sides("accuracy").slice(1)).toEqual([
    ["worse", "better"],
    ["better", "worse"],
    ["open", "open"],
  ]);
});

test("an arm is left out whose difference is not a number, and nothing is drawn without one", () => {
  const none = arm("none", Number.NaN, 1);
  const { groups } = differencesOf({ ...study, kept: [...study.kept, none] })!;
  expect(groups.flatMap(({ rows }) => rows.map(({ name }) => name))).toEqual(["plain", "near", "nearer", "worse"]);
  expect(differencesFigure({ ...study, kept: study.kept.slice(0, 1) })).toBeUndefined();
});
