import type { Output } from "./terminal.ts";

/**
 * The one door for everything that a command prints. Files, runs and arguments may come from
 * strangers; whatever a view forgets to clean is cleaned here.
 */

/** An output behind the door. */
export interface GuardedOutput extends Output {
  /**
   * Writes data, such as predictions as CSV: into a pipe or a file as it is, to a terminal without
   * what could control it.
   */
  readonly writeData: (text: string) => void;
}

const unsafe = String.raw`[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]`;
const anyUnsafe = new RegExp(unsafe, "gu");
/** Colours that we write, line ends, and what is unsafe. */
const own = String.raw`\u001b\[(?:0|1|2|22|31|32|33|35|36|39)m`;
const colouredOrUnsafe = new RegExp(`${own}|${unsafe}`, "gu");

/**
 * A text from a file or a table that is safe to show in a terminal: without control characters,
 * which could move the cursor or worse, line ends, and marks that change the direction of the text
 * after them.
 */
export function printable(text: string): string {
  return text.replaceAll(anyUnsafe, "\u{fffd}");
}

/** The same JSON, with what a terminal could take for more than a character as \u…. */
export function plainJson(json: string): string {
  return json.replaceAll(anyUnsafe, (found) =>
    found === "\n" ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Puts the door before an output. Colours pass where the output has some. */
export function guarded(output: Output): GuardedOutput {
  const coloured = output.colors.isColorSupported;
  const replace = (found: string) => (found === "\n" || (coloured && found.length > 1) ? found : "\u{fffd}");
  const clean = (text: string) => text.replaceAll(colouredOrUnsafe, replace);
  const write = (text: string) => output.write(clean(text));
  return {
    ...output,
    write,
    writeData: output.terminal === undefined ? output.write : write,
    writeError: (text) => output.writeError(clean(text)),
  };
}
