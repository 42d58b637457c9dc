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
