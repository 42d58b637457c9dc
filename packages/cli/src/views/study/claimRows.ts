import type { Claim, Figure, StudyReport, StudyResult } from "evenkeel/study";
import { cutToWidth, displayWidth, padToWidth } from "../../shell/displayWidth.ts";
import { scoreText } from "../../shell/figures.ts";
import { printable } from "../../shell/printed.ts";
import { type Colors, type Output, widthOf } from "../../shell/terminal.ts";
import { type Signs, signsOf } from "../signs.ts";
import { isHeldInPart } from "./isHeldInPart.ts";

/** Room for a figure without its interval. */
const leastFigure = 20;

/** As many claims are told one by one: a study of 30 arms has 29. */
const mostClaims = 10;

/** A claim in a line: its verdict, its name and the figure that decides it. */
interface Line {
  readonly sign: string;
  readonly verdict: string;
  readonly color: (text: string) => string;
  readonly name: string;
  readonly figure: Figure | undefined;
  /** Said in place of a figure. */
  readonly otherwise: string;
}

/** The claims and the running statistics in a line each. */
export function claimRows(report: StudyReport, { headline }: StudyResult, output: Output): string[] {
  const { colors } = output;
  const signs = signsOf(output);
  const stale = staleLine(headline.stale, colors, signs);
  const { told, others } = onOneScreen(report.claims);
  const rest = others === 0 ? [] : [othersLine(others, colors, signs)];
  const lines = [...told.map((claim) => claimLine(claim, colors, signs)), ...rest, ...(stale ? [stale] : [])];
  if (lines.length === 0) return [];
  const width = widthOf(output) - 1;
  const wordy = width >= 69;
  const verdictWidth = wordy ? 2 + Math.max(...lines.map(({ verdict }) => verdict.length)) : 1;
  const most = Math.max(16, Math.min(30, width - verdictWidth - 4 - leastFigure));
  const nameWidth = Math.min(most, Math.max(...lines.map(({ name }) => displayWidth(name))));
  const room = width - verdictWidth - nameWidth - 4;
  return lines.map(({ sign, verdict, color, name, figure, otherwise }) => {
    const said = padToWidth(wordy ? `${sign} ${verdict}` : sign, verdictWidth);
    const told = figure === undefined ? otherwise : figureText(figure, room);
    const rest = cutToWidth(told, room, signs.cut);
    return `${color(said)}  ${padToWidth(cutToWidth(name, nameWidth, signs.cut), nameWidth)}  ${rest}`.trimEnd();
  });
}

/** All claims if they are few, else those that are decided, and how many others there are. */
function onOneScreen(claims: readonly Claim[]): { readonly told: readonly Claim[]; readonly others: number } {
  if (claims.length <= mostClaims) return { told: claims, others: 0 };
  const told = claims.filter(({ verdict }) => verdict !== "undecided");
  return { told, others: claims.length - told.length };
}

function othersLine(others: number, { yellow }: Colors, { open }: Signs): Line {
  const otherwise = "--details tells them";
  return { sign: open, verdict: "undecided", color: yellow, name: `${others} claims`, figure: undefined, otherwise };
}

function claimLine(claim: Claim, colors: Colors, signs: Signs): Line {
  const [sign, verdict, color] = {
    held: [signs.held, isHeldInPart(claim) ? "held in part" : "held", colors.green] as const,
    "not held": [signs.refuted, "not held", colors.red] as const,
    undecided: [signs.open, "undecided", colors.yellow] as const,
  }[claim.verdict];
  // What a claim takes that this study lacks is a sentence, for which there is no room.
  const otherwise = claim.figures.length > 0 ? "not measured" : "not studied";
  return { sign, verdict, color, name: printable(claim.short), figure: deciding(claim), otherwise };
}

/** A figure with the verdict of the claim; for a claim about others, one that was refuted. */
function deciding({ verdict, figures }: Claim): Figure | undefined {
  const judged = figures.filter((figure) => figure.judged !== undefined && figure.value !== null);
  const alike = judged.find((figure) => figure.judged?.verdict === verdict);
  return alike ?? judged.find((figure) => figure.judged?.verdict === "not held") ?? judged[0];
}

function staleLine(stale: StudyResult["headline"]["stale"], colors: Colors, signs: Signs): Line | undefined {
  if (stale.length === 0) return undefined;
  const costs = stale.map(({ cost }) => cost);
  const found = (verdict: string) => costs.find(({ judged }) => judged?.verdict === verdict);
  const [old, open] = [found("held"), found("undecided")];
  const [sign, verdict, color, cost] =
    old !== undefined
      ? ([signs.refuted, "stale", colors.red, old] as const)
      : open !== undefined
        ? ([signs.open, "undecided", colors.yellow, open] as const)
        : ([signs.held, "fit", colors.green, costs[0]] as const);
  const figure = { ...cost, label: cost.label.replace(/^recomputed minus as trained, /, "") };
  return { sign, verdict, color, name: "running statistics", figure, otherwise: "" };
}

/**
 * As much of a figure as there is room for: "-0.976 MAE (-1.34 to -0.608), raw, 10 of 10". The
 * interval, by which it is judged, is worth more than the unit.
 */
function figureText({ value, unit, label, interval, judged, seeds, won }: Figure, room: number): string {
  if (value === null) return "not measured";
  const signed = judged?.none === 0;
  const write = (one: number) => (one === 0 ? "0" : `${signed && one > 0 ? "+" : ""}${scoreText(one)}`);
  const what = `${write(value)} ${printable(unit)}`;
  const range = interval === null ? " (no interval)" : ` (${write(interval.low)} to ${write(interval.high)})`;
  const where = `, ${printable(label).replace(/^on (.*?)(?: features)?$/, "$1")}`;
  const wins = won === undefined ? "" : `, ${won} of ${seeds}`;
  const brief = `${write(value)} ${printable(unit).replace("times the epochs", "times").replace("of the rates", "of rates")}${range}`;
  const bare = write(value) + range;
  const texts = [
    what + range + where + wins,
    what + range + where,
    what + range,
    brief,
    bare,
    what + where,
    what,
    write(value),
  ];
  return texts.find((text) => displayWidth(text) <= room) ?? write(value);
}
