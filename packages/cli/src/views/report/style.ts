/** The style of the reports: light and dark on screens, A4 on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fff; --text: #1b1f24; --quiet: #5b6570; --rule: #dfe3e8; --shade: #f5f7f9; --good: #00694b; --bad: #a33a00;
  --series-1: #0b62a8; --series-2: #c4520a; --series-3: #00795a; --series-4: #a0468c; --series-5: #7a6a00; --series-6: #4a7fb5;
  --series-7: #6b6f76;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --text: #e6e9ec; --quiet: #9aa4ae; --rule: #343a41; --shade: #1d2125; --good: #4cc9a0; --bad: #ff9a5c;
    --series-1: #62b0ee; --series-2: #f5914d; --series-3: #3fc79a; --series-4: #de8fcb; --series-5: #d6c24a; --series-6: #9cc4e8;
    --series-7: #a9afb6;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 3rem 1.5rem 4rem; max-width: 49rem; background: var(--paper); color: var(--text);
  font: 16px/1.55 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; overflow-wrap: break-word;
}
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 0.35rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.2rem 0 0.6rem; padding-top: 0.9rem; border-top: 1px solid var(--rule); }
h3 { font-size: 0.95rem; margin: 1.6rem 0 0.3rem; }
p { margin: 0 0 0.8rem; }
.quiet, figcaption, .note { color: var(--quiet); font-size: 0.875rem; line-height: 1.5; }
.facts { margin: 0; }
.headline { display: flex; flex-wrap: wrap; gap: 0.4rem 1.4rem; align-items: baseline; margin: 2.2rem 0 1.2rem; }
.headline .figure { font-size: 3.4rem; line-height: 1; font-weight: 700; letter-spacing: -0.03em; font-variant-numeric: tabular-nums; }
.headline .figure small { font-size: 1.3rem; font-weight: 400; letter-spacing: 0; color: var(--quiet); }
.headline p { flex: 1 1 20rem; min-width: 0; overflow-wrap: anywhere; margin: 0; font-size: 1.05rem; line-height: 1.45; }
.answer { margin: 1.1rem 0 1.2rem; }
.answer p { margin: 0 0 0.4rem; } .answer p:first-child { font-size: 1.35rem; line-height: 1.35; letter-spacing: -0.005em; }
figure { margin: 0.8rem 0 0; }
figure svg { display: block; max-width: 100%; height: auto; overflow: visible; }
figcaption { margin-top: 0.5rem; max-width: 42rem; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 1.2rem 1.5rem; }
.panel { margin: 0.4rem 0 0; min-width: 0; } .panel figcaption { margin: 0 0 0.3rem; max-width: 356px; color: var(--text); } .panel h3 { margin: 0 0 0.3rem; }
.panel:only-child { grid-column: 1 / -1; display: grid; grid-template-columns: inherit; gap: 0.3rem 1.5rem; }
.legend { list-style: none; padding: 0; } .legend li { margin: 0; display: flex; gap: 0.5rem; align-items: baseline; font-size: 0.8125rem; }
.legend b { margin-left: auto; font-weight: 400; color: var(--quiet); font-variant-numeric: tabular-nums; }
.swatch { flex: none; width: 28px; height: 12px; stroke-width: 2; }
.rows { list-style: none; padding: 0; }
.row { display: grid; grid-template-columns: 12.5rem minmax(0, 1fr) 11rem; gap: 0 1rem; align-items: center; margin: 0; font-size: 0.875rem; line-height: 1.3; }
.row .name { overflow-wrap: anywhere; } .row .value { font-variant-numeric: tabular-nums; text-align: right; }
.row p { margin: 0; color: var(--quiet); font-size: 0.8125rem; } .row small { font-size: 0.8125rem; color: var(--quiet); }
.differences .group { margin: 0.7rem 0 0.1rem; font-size: 0.95rem; font-weight: 700; } .differences .group:first-child { margin-top: 0; }
.differences .foot { align-items: start; margin-top: 0.3rem; } .differences .foot p { grid-row: 1; grid-column: 1; } .differences .axis { grid-column: 2; }
.claim { margin: 1.3rem 0; break-inside: avoid; } .claim h3 { font-size: 1rem; margin: 0; } .claim .note { margin: 0 0 0.3rem; }
.claim .row { margin: 0.3rem 0; } .claim .value small { display: block; }
figure svg.interval, svg.interval { display: block; width: 100%; height: 26px; overflow: visible; }
.differences.left svg:is(.interval, .axis) { margin-left: 5.5rem; width: calc(100% - 5.5rem); }
.differences.right svg:is(.interval, .axis) { margin-right: 5.5rem; width: calc(100% - 5.5rem); }
.differences.left.right svg:is(.interval, .axis) { width: calc(100% - 11rem); }
figure svg.axis, svg.axis { display: block; width: 100%; height: 20px; overflow: visible; }
.axis line { stroke: var(--rule); } .axis text { fill: var(--quiet); font-size: 11px; }
.interval rect { fill: var(--quiet); opacity: 0.18; } .interval .none { stroke: var(--quiet); stroke-dasharray: 4 3; }
.interval g { stroke: var(--quiet); opacity: 0.7; } .interval .line { stroke: var(--ink); stroke-width: 2.5; }
.interval :is(circle, path) { fill: var(--ink); } .interval text { fill: var(--text); font-size: 12px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
.interval svg { overflow: visible; }
.interval { --ink: var(--quiet); } .interval:is(.better, .held) { --ink: var(--series-3); } .interval:is(.worse, .not) { --ink: var(--series-2); }
.value.better { color: var(--good); } .value.worse { color: var(--bad); }
details { margin: 0.3rem 0; } summary { cursor: pointer; color: var(--quiet); font-size: 0.875rem; padding: 0.2rem 0; }
details p { font-size: 0.875rem; line-height: 1.5; }
.pair { display: flex; flex-wrap: wrap; gap: 1.5rem; justify-content: space-between; }
.pair > * { flex: 0 1 21.5rem; min-width: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); font-size: 0.875rem; padding: 0 0 0.4rem; }
th, td { padding: 0.36rem 0 0.36rem 1.1rem; text-align: right; vertical-align: baseline; border-bottom: 1px solid var(--rule); font-weight: 400; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
th[scope="row"] { overflow-wrap: anywhere; min-width: 7rem; }
thead th { color: var(--quiet); font-size: 0.8125rem; vertical-align: bottom; }
tr.ours > * { font-weight: 700; }
td small { display: block; color: var(--quiet); font-weight: 400; font-size: 0.78rem; white-space: nowrap; }
.arms { font-size: 0.86rem; margin-bottom: 0.6rem; } .arms :is(th, td):not(:first-child) { padding-left: 0.7rem; } .arms th:first-child { min-width: 9rem; } .arms td { white-space: nowrap; }
.bar { display: block; height: 0.62rem; border-radius: 1px; background: var(--series-7); opacity: 0.55; min-width: 1px; }
.ours .bar { background: var(--series-1); opacity: 1; }
td.bars { width: 38%; padding-left: 1.4rem; vertical-align: middle; }
.matrix { width: auto; }
.matrix td { text-align: center; padding: 0.45rem 0.3rem; border: 2px solid var(--paper); width: 5rem; min-width: 2.6rem;
  background: color-mix(in srgb, var(--series-1) calc(var(--share, 0) * 52%), var(--shade)); }
.matrix thead td { background: none; } .matrix td.hit { font-weight: 700; }
.matrix td.sum { background: none; white-space: nowrap; color: var(--quiet); font-size: 0.8125rem; }
.matrix th, .matrix th[scope="row"] { border: 0; min-width: 0; overflow-wrap: normal; padding: 0.35rem 0.6rem; max-width: 11rem; }
.matrix thead th { text-align: center; }
.matrix thead th:first-child, .matrix tbody th { text-align: right; }
.verdict { white-space: nowrap; font-weight: 700; }
.verdict.held { color: var(--good); } .verdict.not { color: var(--bad); } .verdict.open { color: var(--quiet); }
ul { margin: 0; padding-left: 1.1rem; } li { margin-bottom: 0.35rem; }
.severity { font-weight: 700; } .severity.error { color: var(--bad); }
pre { margin: 0.4rem 0 0; padding: 0.8rem 1rem; background: var(--shade); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.settings { columns: 2; column-gap: 3rem; margin: 0.5rem 0 0; font-size: 0.875rem; }
.settings div { display: flex; justify-content: space-between; gap: 1rem; break-inside: avoid; padding: 0.22rem 0; border-bottom: 1px solid var(--rule); }
.settings dt { color: var(--quiet); } .settings dd { margin: 0; text-align: right; min-width: 0; }
footer { margin-top: 3rem; padding-top: 0.9rem; border-top: 1px solid var(--rule); }
@media screen and (max-width: 40rem) {
  body { padding: 1rem; } h1 { font-size: 1.5rem; } .settings { columns: 1; } .headline .figure { font-size: 2.6rem; } .answer p:first-child { font-size: 1.15rem; }
  .row { grid-template-columns: minmax(45%, 1fr) minmax(0, auto); gap: 0 0.8rem; margin: 0.25rem 0; font-size: 0.8125rem; } .row > :nth-child(2) { grid-row: 2; grid-column: 1 / -1; }
  .differences .foot p { grid-row: 2; grid-column: 1 / -1; } .differences .axis { grid-row: 1; grid-column: 1 / -1; } .differences svg.interval { height: 18px; }
}
@media screen and (max-width: 48rem) {
  .arms, .arms tbody { display: block; } .arms thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .arms tr { display: block; padding: 0.6rem 0; border-bottom: 1px solid var(--rule); } .arms th[scope="row"] { display: block; padding: 0 0 0.2rem; border: 0; font-weight: 700; }
  .arms td { display: flex; flex-wrap: wrap; gap: 0 0.6rem; padding: 0.1rem 0 !important; border: 0; text-align: left; } .arms td:empty { display: none; }
  .arms td::before { content: attr(data-head); flex: 0 0 9rem; color: var(--quiet); font-weight: 400; } .arms td small { align-self: center; }
}
@media print {
  @page { size: A4; margin: 17mm 18mm 18mm; }
  :root { color-scheme: light; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html { font-size: 13.5px; } body { padding: 0; max-width: none; font-size: 1rem; }
  .pair { flex-wrap: nowrap; } .pair > * { flex: 1 1 0; } h2 { margin-top: 1.8rem; } footer { margin-top: 1.6rem; break-inside: avoid; break-before: avoid; }
  h2, h3, caption { break-after: avoid; } p { orphans: 3; widows: 3; } section.together figure, tr, .headline, pre, li { break-inside: avoid; }
  section.together { break-inside: avoid; }
  figure, .panel { break-inside: avoid; } summary { list-style: none; } summary::marker { content: ""; }
  details::details-content { content-visibility: visible; block-size: auto; }
  thead { display: table-header-group; } .wide { overflow: visible; }
}
`;
