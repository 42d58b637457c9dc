import { concludeStudy, studyReport } from "evenkeel/study";
import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { luck, type MakeUp, madeUpComparison, madeUpStudy } from "../../../../../test/madeUpStudy.ts";
import { displayWidth } from "../../shell/displayWidth.ts";
import type { Output } from "../../shell/terminal.ts";
import { summary } from "./summary.ts";

function shown(
  { plan, trials }: Pick<ReturnType<typeof madeUpStudy>, "plan" | "trials">,
  columns: number,
  more: Partial<Output> = {},
): string {
  const result = concludeStudy(plan, trials);
  const terminal = { columns } as unknown as NodeJS.WritableStream;
  const output: Output = {
    write: () => {},
    writeError: () => {},
    colors: picocolors.createColors(false),
    terminal,
    ...more,
  };
  return `\n${summary(result, studyReport(result), output).join("\n")}\n`;
}

/** On raw features BatchNorm helps a lot, on scaled ones not at all. */
const onRaw: MakeUp = (arm, { seed }) => {
  const error = arm.scale === "raw" && arm.norm !== "batch" ? 3 + luck(seed, arm, 0.8) : 2 + luck(seed, arm, 0.1);
  return { validation: error, ...(arm.norm === "batch" && { stale: 0.001 }) };
};

const widest = (text: string) => Math.max(...text.split("\n").map(displayWidth));

describe("one screen of a study", () => {
  const study = madeUpStudy(onRaw);

  test("at 80 columns", () => {
    expect(shown(study, 80)).toMatchInlineSnapshot(`
      "
      test MAE in y                          -0.140                    +1.20  won
      raw, no normalization            2.95     ┊       ├─────────────●────▸  0 of 10
      raw, BatchNorm                   2.00  ├──●──┤                          6 of 10
      raw, LayerNorm                   2.95     ┊     ├───────────────●────▸  0 of 10
      z-score, no normalization        2.00     ┊ reference
      z-score, BatchNorm               2.00  ├──●──┤                          6 of 10
      z-score, LayerNorm               2.00  ├──●──┤                          6 of 10
      z-score, dropout 0.2             2.00     ●                             0 of 10
      z-score, BatchNorm, dropout 0.2  2.00  ├──●──┤                          6 of 10
      ≈ undecided  trains in fewer epochs     not measured
      ≈ undecided  makes training stable      -0.700 of the rates (-1.00 to +0.318)
      ≈ undecided  improves the result        -0.947 MAE (-1.64 to +0.104), raw
      ✗ not held   makes scaling matter less  0 MAE (0 to 0)
      ✗ not held   regularises                0 MAE (0 to 0), raw, 0 of 10
      ≈ undecided  is no guarantee            -0.947 MAE (-1.75 to +0.383)
      ✗ not held   helps more with more rows  0 MAE per doubling of the rows (0 to 0)
      ✓ fit        running statistics         -0.001 MAE (-0.0011 to -0.00095), raw
      "
    `);
  });

  test("at 60 columns", () => {
    expect(shown(study, 60)).toMatchInlineSnapshot(`
      "
      test MAE in y                   -0.140          +1.20  won
      raw, no normalization     2.95    ┊     ├────────●──▸  0/10
      raw, BatchNorm            2.00  ├─●─┤                  6/10
      raw, LayerNorm            2.95    ┊   ├──────────●──▸  0/10
      z-score, no normalizati…  2.00    ┊ reference
      z-score, BatchNorm        2.00  ├─●─┤                  6/10
      z-score, LayerNorm        2.00  ├─●─┤                  6/10
      z-score, dropout 0.2      2.00    ●                    0/10
      z-score, BatchNorm, dro…  2.00  ├─●─┤                  6/10
      ≈  trains in fewer epochs     not measured
      ≈  makes training stable      -0.700 (-1.00 to +0.318)
      ≈  improves the result        -0.947 MAE (-1.64 to +0.104)
      ✗  makes scaling matter less  0 MAE (0 to 0)
      ✗  regularises                0 MAE (0 to 0), raw, 0 of 10
      ≈  is no guarantee            -0.947 MAE (-1.75 to +0.383)
      ✗  helps more with more rows  0 (0 to 0)
      ✓  running statistics         -0.001 (-0.0011 to -0.00095)
      "
    `);
  });

  test("in ASCII", () => {
    const text = shown(study, 80, { ascii: true });
    expect(text).toMatch(/^z-score, BatchNorm .* \|-+o-+\+?-*\|/m);
    expect(text).not.toMatch(/[^\n -~]/);
  });

  test.each([40, 50, 60, 70, 74, 75, 80, 100, 120])("nothing is wider than %i columns", (columns) => {
    expect(widest(shown(study, columns))).toBeLessThan(columns);
  });
});

test("where every training diverged no interval is drawn off its place, and nothing is NaN", () => {
  const text = shown(
    madeUpStudy(() => ({ diverged: true })),
    80,
  );
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
  expect(text.match(/^(?:raw|z-score), .* 8\.00 .*$/gm)).toHaveLength(8);
});

test("one seed: dots without intervals", () => {
  const text = shown(madeUpStudy(onRaw, { seeds: 1 }), 80);
  expect(text).toMatch(/^raw, no normalization .*●/m);
  expect(text).not.toMatch(/[├┤]|NaN/);
});

test("an arm that is far off is marked with an arrow, and the others keep their intervals", () => {
  const far: MakeUp = (arm, spec) =>
    arm.scale === "raw" && arm.norm === "none"
      ? { validation: 7 + luck(spec.seed, arm, 0.5) }
      : { validation: 2 + luck(spec.seed, arm, 0.3) };
  const text = shown(madeUpStudy(far), 80);
  expect(text).toMatch(/^raw, no normalization .*▸/m);
  expect(text).toMatch(/^z-score, LayerNorm .*├.*┤/m);
});

test("names of strangers, in any script, take their room and no more", () => {
  const { plan, trials } = madeUpComparison(() => ({ validation: 2 }), { ask: "placement", rowFractions: [] });
  const names = ["深層ネットワーク".repeat(9), "🚢".repeat(40), "a\u001b[2Jb\u202e", "é".normalize("NFD").repeat(60)];
  const renamed = JSON.parse(JSON.stringify({ plan, trials }), (key, value) => {
    const at = key === "name" ? plan.arms.findIndex((arm) => arm.name === value) : -1;
    return at >= 0 && at < names.length ? names[at] : value;
  });
  for (const columns of [40, 60, 80]) {
    const text = shown(renamed, columns);
    expect(widest(text)).toBeLessThan(columns);
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u202e");
  }
});

test("a study of 30 arms tells the claims that are decided, and how many are open", () => {
  const arms = Array.from({ length: 30 }, (_, i) => ({ scale: "zscore", norm: "none", dropout: i / 40 }) as const);
  const study = madeUpStudy(
    ({ dropout }, { seed }) => ({ validation: dropout === 0.5 ? 1 : 2 + ((seed % 3) - 1) * dropout }),
    {
      arms,
      ask: "networks",
    },
  );
  const claims = shown(study, 80).split("\n").slice(32);
  expect(`\n${claims.join("\n")}`).toMatchInlineSnapshot(`
    "
    ✓ held       z-score, no normalization, dr…  -1.00 MAE (-1.00 to -1.00)
    ≈ undecided  28 claims                       --details tells them
    "
  `);
});

test("an arm is shown once, with the statistics that each training is better with on its validation rows", () => {
  const stale: MakeUp = (arm, { seed }) => ({
    validation: 1.5,
    ...(arm.norm === "batch" && { stale: seed % 2 === 0 ? 1 : 0 }),
  });
  const text = shown(madeUpStudy(stale), 80);
  expect(text.match(/^z-score, BatchNorm .*$/gm)).toEqual([expect.stringMatching(/ 1\.50 /)]);
  expect(text).not.toContain("recomputed");
});
