import { documentText, type Html, type HtmlValue, html } from "./html.ts";
import { style } from "./style.ts";
import type { ReportSource, RunFinding } from "./types.ts";

/**
 * A whole page: one file that loads nothing and runs nothing, and whose content security policy
 * forbids both.
 */
export function page(source: Pick<ReportSource, "title" | "id" | "created" | "versions">, body: HtmlValue): string {
  const { title, id, created, versions } = source;
  const { evenkeel } = versions;
  return documentText(
    { title, generator: `evenkeel ${evenkeel}`, style },
    html`<main>
${body}</main>
<footer class="quiet">Made by evenkeel ${evenkeel} on Node ${versions.node}, ${dateText(created)}${
      id !== undefined && html`; run <code>${id}</code>`
    }. This file needs no network and runs no script.</footer>`,
  );
}

export function figure(drawing: Html, caption: HtmlValue): Html {
  return html`<figure>${drawing}<figcaption>${caption}</figcaption></figure>
`;
}

/** A table that scrolls by itself where it is wider than the page, by keys as well. */
export function wideTable(label: string, table: Html): Html {
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0">${table}</div>
`;
}

/** A list of settings, with dotted names for nested ones. */
export function settingsList(settings: Readonly<Record<string, unknown>>): Html {
  const items = [...flat(settings)].map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  );
  return html`<dl class="settings">
${items}</dl>
`;
}

function* flat(value: object, prefix = ""): Generator<[string, string]> {
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key;
    if (inner === undefined) continue;
    if (Array.isArray(inner)) yield [name, inner.join(", ")];
    else if (typeof inner === "object" && inner !== null) yield* flat(inner, `${name}.`);
    else yield [name, typeof inner === "boolean" ? (inner ? "yes" : "no") : String(inner)];
  }
}

export function findingsList(findings: readonly RunFinding[]): Html {
  if (findings.length === 0)
    return html`<p>Nothing to complain of.</p>
`;
  const items = findings.map(
    ({ severity, message }) => html`<li><span class="severity ${severity}">${severity}</span>: ${message}</li>
`,
  );
  return html`<ul>
${items}</ul>
`;
}

/** "25 November 2026" */
function dateText(date: Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }).format(date);
}
