import { countTrials, questionOf, type StudyPlan } from "evenkeel/study";
import type { StudyBeginning } from "../../actions/study/study.ts";
import { cutToWidth } from "../../shell/displayWidth.ts";
import { aboutDuration, count } from "../../shell/figures.ts";
import { printable } from "../../shell/printed.ts";
import { type Output, widthOf, wrap } from "../../shell/terminal.ts";
import { signsOf } from "../signs.ts";

/** If a study takes more seconds than this, the plan says how to ask for less. */
const long = 180;

/** For a table of more rows than this, the plan offers a sample. */
const many = 5000;

/** The question, and the table that it is asked of. */
export function questionLine({ table, data, plan }: StudyBeginning, output: Output): string {
  const { colors } = output;
  const width = widthOf(output) - 1;
  const of = `${printable(table.source)}, ${count(table.rows, "row")}`;
  const question = questionOf(plan.ask).title(printable(data.schema.target));
  const room = width - of.length - 2;
  if (question.length <= room) return `${colors.bold(question)}  ${of}`;
  return colors.bold(cutToWidth(question, width, signsOf(output).cut));
}

/** What is trained, in a line, and below it how to ask for less if that takes long. */
export function planLines(
  { plan, table, threads, workersFrom, canBeLess }: StudyBeginning,
  seconds: number | undefined,
  output: Output,
): string[] {
  const width = widthOf(output) - 1;
  // How many workers there will be, nobody knows.
  const on = workersFrom === undefined ? ` on ${count(threads, "thread")}` : "";
  const time = seconds === undefined ? "" : `; about ${aboutDuration(seconds)}${on}`;
  const [line] = [planText(plan, true), planText(plan, false), count(countTrials(plan).all, "network")]
    .flatMap((text) => [text + time, text + time.replace(/ on .*/, "")])
    .filter((text) => text.length <= width);
  const offers = [
    ...(canBeLess.quick ? ["--quick for a first look"] : []),
    ...(canBeLess.rows && table.rows > many ? [`--sample ${many} for fewer rows`] : []),
  ];
  const offered = seconds !== undefined && seconds > long && offers.length > 0;
  const offer = `Ctrl-C keeps what is done. Sooner: ${offers.join(", ")}.`;
  return [line ?? cutToWidth(planText(plan, false), width), ...(offered ? wrap(offer, width).split("\n") : [])];
}

function planText(plan: StudyPlan, whole: boolean): string {
  const { arms, lrs, seeds } = plan;
  const { all, rates } = countTrials(plan);
  const grid = `${count(arms.length, "arm")} x ${count(lrs.length, "learning rate")} x ${count(seeds.length, "seed")}`;
  const rest = all > rates && whole ? `, then ${all - rates} more` : "";
  return `${count(all, "network")}: ${grid}${rest}`;
}
