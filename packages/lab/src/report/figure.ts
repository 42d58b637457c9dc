import { type Html, html } from "../../../cli/src/views/report/html.ts";
import type { Chart } from "../charts/chart.ts";
import { type LegendItem, legendOf } from "../charts/legend.ts";
import { chartSvg } from "../charts/svg.ts";
import { valuesOf } from "../charts/values.ts";

const size = { width: 720, height: 260 };

/** A chart with its name, its legend, and its values as a table. @param id of this figure alone */
export function figureOf(chart: Chart, id: string): Html {
  const items = legendOf(chart).map(
    (item) => html`<li>${mark(item)} ${item.label}</li>
`,
  );
  const { columns, rows } = valuesOf(chart);
  const body = rows.map(
    ([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((text) => html`<td>${text}</td>`)}</tr>
`,
  );
  return html`<figure><figcaption class="name">${chart.title}</figcaption><ul class="legend">
${items}</ul><div class="wide">${chartSvg(chart, { ...size, id })}</div><details><summary>Values</summary><div class="wide values" role="region" aria-label="Values of ${chart.title}" tabindex="0"><table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${body}</tbody></table></div></details></figure>
`;
}

/** What stands beside a name in the legend. */
function mark({ colour, mark, width, dash }: LegendItem): Html {
  const ink = `var(--${colour})`;
  const radius = Math.min(2 * width, 5 - width / 2);
  const drawn = {
    area: html`<rect x="2" y="1" width="24" height="10" fill="${ink}" stroke="none"/>`,
    points: html`<circle cx="14" cy="6" r="${radius}" fill="none" stroke="${ink}" stroke-width="${width}"/>`,
    discs: html`<circle cx="14" cy="6" r="${radius}" fill="${ink}" stroke="none"/>`,
    line: html`<line x1="0" x2="28" y1="6" y2="6" stroke="${ink}" stroke-width="${width}" stroke-dasharray="${dash.join(" ")}"/>`,
  }[mark];
  return html`<svg class="swatch" viewBox="0 0 28 12" aria-hidden="true">${drawn}</svg>`;
}
