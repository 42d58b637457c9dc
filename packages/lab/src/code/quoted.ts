/** Controls, and marks that change the direction of what is read: code must look like what it does. */
const hidden = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * A text of the visitor's table as a literal. TypeScript and Python read it alike: quotes, line
 * breaks and what cannot be seen are escaped.
 */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(hidden, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Texts as the items of a list. */
export function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(", ")}]`;
}

/** Options as a literal of TypeScript: texts, and lists and records of them. */
export function literal(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  const entries = Object.entries(value as object).map(([name, inner]) => {
    // A name in brackets is a key, whatever it is: without them "__proto__" would be none.
    const key = /^[a-z]+$/i.test(name) ? name : `[${quoted(name)}]`;
    return `${key}: ${literal(inner)}`;
  });
  return `{ ${entries.join(", ")} }`;
}

/** The name of the file that the programs read: letters, digits, points and dashes of the table's name. */
export function tableFileName(name: string): string {
  const stem = name
    .replace(/\.[A-Za-z0-9]{1,8}$/, "")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return `${[...stem].slice(0, 60).join("") || "table"}.json`;
}
