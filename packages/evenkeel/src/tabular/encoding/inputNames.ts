import type { Encoding, NumberInputs } from "./encoding.ts";

/**
 * The inputs that a column becomes, in order, as groups that say one thing about it: its value in
 * all its forms, each wave of a date, whether it is missing. No groups for one that is embedded.
 */
export function inputGroups(encoding: Encoding): string[][] {
  return groupsOf(encoding).filter(({ length }) => length > 0);
}

/** The names of the inputs that a column becomes, in order; none for one that is embedded. */
export function inputNames(encoding: Encoding): string[] {
  return groupsOf(encoding).flat();
}

function groupsOf(encoding: Encoding): string[][] {
  const { column } = encoding;
  const missing = encoding.kind !== "category" && encoding.indicator ? [`${column} (missing)`] : [];
  switch (encoding.kind) {
    case "numeric":
      return [valueNames(column, `${column}: bin`, encoding), missing];
    case "boolean":
      return [encoding.coding === "none" ? [] : [column], missing];
    case "category": {
      const { coding, categories } = encoding;
      const named = coding === "oneHot" ? categories : coding === "signs" ? categories.slice(1) : [];
      return [named.map((category) => `${column} = ${category}`)];
    }
    case "date": {
      const waves = encoding.parts.map((part) => [`${column}: ${part} (sin)`, `${column}: ${part} (cos)`]);
      return [valueNames(`${column}: year`, `${column}: year bin`, encoding), ...waves, missing];
    }
    default:
      return encoding satisfies never;
  }
}

function valueNames(name: string, bin: string, { coding, edges }: NumberInputs): string[] {
  const bins = edges.slice(1).map((_, i) => `${bin} ${i + 1}`);
  return coding === "none" ? bins : [name, ...bins];
}
