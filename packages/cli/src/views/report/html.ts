/**
 * A piece of HTML that is safe to be put into a page as it is. Only {@link html} and
 * {@link trusted} make them.
 */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/**
 * Makes HTML: values between the braces are escaped, in text and in quoted attributes, unless they
 * are HTML. Lists are joined; `undefined` and `false` give nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

/** Takes a text as HTML. Never pass a text that comes from a table without escaping it. */
export function trusted(text: string): Html {
  return new Html(text);
}

interface DocumentHead {
  readonly title: string;
  /** The program that made it. */
  readonly generator: string;
  readonly style: string;
}

/** By itself: a bundler that reads scripts as HTML would take the tag below for one of the page that writes the file. */
const policy = trusted("default-src 'none'; style-src 'unsafe-inline'");

/**
 * A whole HTML file, which loads nothing and runs nothing, and whose content security policy forbids
 * both.
 */
export function documentText({ title, generator, style }: DocumentHead, body: HtmlValue): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="${generator}">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  // HTML must not contain control characters, but texts of tables may; and marks of direction would
  // turn the words after them round.
  return document.text.replaceAll(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, "\u{fffd}");
}

/** A section of a document under a heading; with `together` a page break does not split it. */
export function section(title: string, body: HtmlValue, { together = false } = {}): Html {
  return html`<section${together && trusted(' class="together"')}><h2>${title}</h2>
${body}</section>
`;
}

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(render).join("");
  return escapeText(String(value));
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes a text for HTML. */
export function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (found) => escapes[found]);
}
