import { displayWidth } from "../../shell/displayWidth.ts";

/**
 * Rows at the end of a terminal that are drawn again and again. The cursor waits below them, so
 * that what the terminal itself writes there, such as ^C, is wiped by the next drawing and never
 * lies over a row. Nothing else may be written to the terminal meanwhile.
 */
export class LiveRows {
  readonly #terminal: NodeJS.WritableStream;
  #widths: readonly number[] = [];

  constructor(terminal: NodeJS.WritableStream) {
    this.#terminal = terminal;
  }

  get columns(): number {
    return (this.#terminal as { readonly columns?: number }).columns ?? 80;
  }

  get rows(): number {
    return (this.#terminal as { readonly rows?: number }).rows ?? 24;
  }

  /** Puts these rows, each narrower than the terminal, in place of those before. */
  show(rows: readonly string[]): void {
    const text = rows.map((row) => `${row}\x1b[K\n`).join("");
    this.#terminal.write(`${this.#back()}${text}\x1b[J`);
    this.#widths = rows.map(displayWidth);
  }

  /** To the beginning of the first row. A terminal that became narrower has wrapped the rows. */
  #back(): string {
    const lines = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / this.columns)), 0);
    return lines === 0 ? "\r" : `\r\x1b[${lines}A`;
  }
}
