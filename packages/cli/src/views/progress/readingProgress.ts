import type { Progress } from "../../shell/context.ts";
import { wholeText } from "../../shell/figures.ts";
import type { Output } from "../../shell/terminal.ts";
import { clock } from "./clock.ts";

/** Milliseconds between two drawings. */
const redraw = 100;

/** Shows on a terminal what takes a while, in a line that is cleared; does nothing elsewhere. */
export function readingProgress({ terminal }: Output, now = () => performance.now()): Progress {
  let shown = false;
  /** When the rows began that are counted, and when they were last shown. */
  let counted: { readonly began: number; drawn: number } | undefined;
  const clear = () => {
    if (shown) terminal?.write("\r\x1b[2K");
    shown = false;
  };
  const stop = () => {
    clear();
    counted = undefined;
  };
  const show = (text: string) => {
    clear();
    terminal?.write(text);
    shown = true;
  };
  return {
    read: (done, what, part) => {
      const share = part === undefined ? "" : ` (${Math.floor(100 * part)}%)`;
      show(`read ${wholeText(done)} ${what}${share}`);
    },
    rows: (done, all, what) => {
      const time = now();
      counted ??= { began: time, drawn: time };
      if (time - counted.drawn < redraw) return;
      counted.drawn = time;
      const seconds = (time - counted.began) / 1000;
      const left = seconds < 1 || done === 0 ? "" : `, ${clock((seconds / done) * (all - done))} left`;
      show(`${what} ${wholeText(done)} of ${wholeText(all)} rows${left}`);
    },
    doing: (what) => show(`${what} …`),
    stop,
  };
}
