import { basename } from "node:path";
import type { Option } from "../../packages/evenkeel/src/core/index.ts";
import type { OptionSet } from "./sets.ts";

/**
 * The source of an interface: types by reference to the declarations, their help and defaults as
 * docstrings.
 */
export function typesFile({ file, name, interface: type, about, options, extends: base }: OptionSet): string {
  const up = "../".repeat(file.split("/src/")[1].split("/").length - 1);
  const own = Object.entries(options).filter(([key, option]) => base?.options[key] !== option);
  const members = own.flatMap(([key, option]) => [
    ...docstring(`${option.help}${defaultOf(option)}`, "  "),
    `  readonly ${key}${option.required ? "" : "?"}: Value<"${key}">${option.required ? "" : " | undefined"};`,
  ]);
  return [
    "// Written by `npm run docs` from the declarations; change those.",
    `import type { OptionValue } from "${up}core/index.ts";`,
    ...(base === undefined
      ? []
      : [`import type { ${base.interface} } from "${up}${base.file.split("/src/")[1]}.types.ts";`]),
    `import type { ${name} } from "./${basename(file)}.ts";`,
    "",
    `type Value<K extends keyof typeof ${name}> = OptionValue<typeof ${name}, K>;`,
    "",
    `/** ${about} */`,
    `export interface ${type} ${base === undefined ? "" : `extends ${base.interface} `}{`,
    ...members,
    "}",
    "",
  ].join("\n");
}

/** " Default: 0.01; 0.1 for sgd." */
export function defaultOf({ default: value, defaultText }: Option): string {
  const text = defaultText ?? (value === undefined ? undefined : JSON.stringify(value).replaceAll(",", ", "));
  return text === undefined ? "" : ` Default: ${text}.`;
}

/** A docstring of at most 100 columns. */
function docstring(text: string, indent: string): string[] {
  const single = `${indent}/** ${text} */`;
  if (single.length <= 100) return [single];
  const lines: string[] = [];
  let line = `${indent} *`;
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > 100) {
      lines.push(line);
      line = `${indent} *`;
    }
    line += ` ${word}`;
  }
  return [`${indent}/**`, ...lines, line, `${indent} */`];
}
