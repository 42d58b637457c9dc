import type { Refusal } from "../../actions/study/queue/ledger.ts";
import { printable } from "../../shell/printed.ts";

/** Says of a worker that nothing of it is used. */
export function refusalText({ worker, why }: Refusal): string {
  return `warning: the worker ${printable(worker)} is refused: ${printable(why)}. Its networks are trained again`;
}

/** Says of workers that no other worker could check them. */
export function unverifiedNote(workers: readonly string[]): string {
  const names = workers.map(printable).join(", ");
  return `note: no other worker was there to check ${names}; their results are used unchecked\n`;
}
