import type { Output } from "../shell/terminal.ts";

/** The characters that drawings are made of. */
export interface Signs {
  readonly held: string;
  readonly refuted: string;
  readonly open: string;
  readonly dot: string;
  readonly line: string;
  readonly leftEnd: string;
  readonly rightEnd: string;
  /** Ends of what goes on beyond the edge. */
  readonly leftward: string;
  readonly rightward: string;
  readonly zero: string;
  /** A line that crosses zero. */
  readonly crossing: string;
  readonly done: string;
  readonly toDo: string;
  readonly cut: string;
}

const unicode: Signs = {
  ...{ held: "✓", refuted: "✗", open: "≈", dot: "●", line: "─", leftEnd: "├", rightEnd: "┤" },
  ...{ leftward: "◂", rightward: "▸", zero: "┊", crossing: "┼", done: "█", toDo: "░", cut: "…" },
};

const ascii: Signs = {
  ...{ held: "+", refuted: "-", open: "?", dot: "o", line: "-", leftEnd: "|", rightEnd: "|" },
  ...{ leftward: "<", rightward: ">", zero: ":", crossing: "+", done: "#", toDo: ".", cut: "..." },
};

/** Those that the output can show. */
export function signsOf(output: Output): Signs {
  return output.ascii ? ascii : unicode;
}
