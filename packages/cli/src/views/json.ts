import { plainJson } from "../shell/printed.ts";

/** A result for programs, in the format of every `--json`. */
export function jsonText(value: unknown): string {
  return `${plainJson(JSON.stringify(value, undefined, 2))}\n`;
}
