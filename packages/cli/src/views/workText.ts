import type { WorkBeginning, WorkEvents, Worked } from "../actions/work/work.ts";
import { count, duration } from "../shell/figures.ts";
import { printable } from "../shell/printed.ts";
import { type Output, widthOf, wrap } from "../shell/terminal.ts";

/** Milliseconds between two lines. */
const told = 10_000;

/** Shows what a worker does. */
export interface WorkProgress {
  readonly waits: NonNullable<WorkEvents["onWait"]>;
  readonly starts: NonNullable<WorkEvents["onStart"]>;
  readonly delivered: NonNullable<WorkEvents["onDelivered"]>;
  readonly stop: () => void;
}

/** A line when there is something to say, and every ten seconds while networks are trained. */
export function workProgress(output: Output, place: string): WorkProgress {
  const say = (text: string) => output.write(`${wrap(text, widthOf(output), "  ")}\n`);
  let said = performance.now();
  let trained = 0;
  let isTold = true;
  const look = () => {
    if (isTold || performance.now() - said < told) return;
    said = performance.now();
    isTold = true;
    say(`${count(trained, "network")} trained`);
  };
  const timer = setInterval(look, 1000).unref();
  return {
    waits: (what) => {
      say(
        what === "study"
          ? `waiting for a study: evenkeel study TABLE --workers-from ${place}`
          : "nothing to train for now; waiting for the study",
      );
    },
    starts: ({ name, head, threads }: WorkBeginning) => {
      const { networks, target, table } = head;
      say(
        `${name} works for a study of ${count(networks, "network")} about ${printable(target)} of ${printable(table)}, on ${count(threads, "thread")}`,
      );
    },
    delivered: (number) => {
      trained = number;
      isTold = false;
      look();
    },
    stop: () => clearInterval(timer),
  };
}

const reasons: Readonly<Record<Worked["why"], string>> = {
  ended: "The study has ended",
  idle: "There was nothing to train",
  interrupted: "Interrupted",
  refused: "Refused",
};

/** What a worker did, in a line. */
export function workedText({ trained, checked, seconds, why }: Worked): string {
  const checks = checked === 0 ? "" : `, ${checked} of them to check another worker's`;
  return `${reasons[why]}: ${count(trained, "network")} trained here${checks}, in ${duration(seconds)}.\n`;
}

/** For programs. */
export function workedJson({ name, head, trained, checked, seconds, why }: Worked) {
  return { worker: name, study: head.study, trained, checked, seconds, status: why };
}
