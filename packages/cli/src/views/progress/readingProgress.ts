import type { Progress } from "../../shell/context.ts";
import { wholeText } from "../../shell/figures.ts";
import type { Output } from "../../shell/terminal.ts";

/** Shows on a terminal what takes a while, in a line that is cleared; does nothing elsewhere. */
export function readingProgress({ terminal }: Output): Progress {
  let shown = false;
  const stop = () => {
    if (shown) terminal?.write("\r\x1b[2K");
    shown = false;
  };
  const show = (text: string) => {
    stop();
    terminal?.write(text);
    shown = true;
  };
  return {
    read: (done, what, part) => {
      const share = part === undefined ? "" : ` (${Math.floor(100 * part)}%)`;
      show(`read ${wholeText(done)} ${what}${share}`);
    },
    doing: (what) => show(`${what} …`),
    stop,
  };
}
