import { barAxis, drawAxis, drawBar, type IntervalBar, intervalBar } from "./charts/intervalBar.ts";
import { type Html, html, section } from "./html.ts";
import { plainText, signedText } from "./numbers.ts";
import type { ClaimFigure, StudyReportData, Verdict } from "./types.ts";

/** By words and a sign, not by colour alone. */
const verdicts: Readonly<Record<Verdict, { readonly name: string; readonly sign: string }>> = {
  held: { name: "held", sign: "✓" },
  "not held": { name: "not", sign: "✗" },
  undecided: { name: "open", sign: "≈" },
};

/** The claims: a bar for each figure that is judged, and the rule folded away. */
export function claimsSection({ claims }: Pick<StudyReportData, "claims">): Html | false {
  if (claims.length === 0) return false;
  const cards = claims.map(({ short, claim, verdict, inPart, figures, sentence, rule }) => {
    const { name, sign } = verdicts[verdict];
    const judged = figures.filter((figure) => figure.judged !== undefined);
    const bars = judged.flatMap((figure) => figureRow(figure, judged.length > 1) ?? []);
    return html`<article class="claim"><h3><span class="verdict ${name}">${sign} ${verdict}${inPart === true && " in part"}</span> ${short}</h3>
<p class="note">${claim}</p>
${
  bars.length > 0 &&
  html`<ul class="rows">
${bars}</ul>
`
}<details><summary>Rule and figures</summary><p>${sentence}</p><p class="note">${rule}</p></details></article>
`;
  });
  return section(
    "What held on this table",
    html`<p class="note">Each figure on an axis of its own: left of the dashed line is what the claim says. Grey strip: effects that are smaller than the smallest effect of interest. A claim holds where the whole interval is left of the strip, and does not where it excludes everything there.</p>
${cards}`,
  );
}

/** A figure that is judged and was measured, as data. */
export function figureBar({ value, interval, judged }: ClaimFigure) {
  if (judged === undefined || value === null) return undefined;
  const ground = { none: judged.none, worth: judged.worth };
  const axis = barAxis([value, ...(interval ? [interval.low, interval.high] : [])], ground);
  const write = judged.none === 0 ? signedText : plainText;
  const bar: IntervalBar = intervalBar({ value, interval }, axis, write);
  return { axis, ground, bar, write };
}

/** @param among whether the claim has other figures, with verdicts that may differ */
function figureRow(figure: ClaimFigure, among: boolean): Html | undefined {
  const drawn = figureBar(figure);
  const { label, unit, value, interval, confidence, judged, won, seeds } = figure;
  if (drawn === undefined || judged === undefined || value === null) return undefined;
  const { axis, ground, bar, write } = drawn;
  const { name, sign } = verdicts[judged.verdict];
  const range = interval !== null && `${write(interval.low)} to ${write(interval.high)} (${percent(confidence)})`;
  return html`<li class="row"><span class="name">${label}${among && html`<br><span class="verdict ${name}">${sign} ${judged.verdict}</span>`}</span><div>${drawBar(bar, axis, ground, name)}${drawAxis(axis)}</div><span class="value">${write(value)} ${unit} <small>${range}${
    won !== undefined && html`${range !== false && html`<br>`}${won} of ${seeds} seeds`
  }</small></span></li>
`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))}%`;
}
