import type { TrialThreadsOptions } from "../actions/study/threads.ts";
import { type Worked, work } from "../actions/work/work.ts";
import type { CommandContext } from "../shell/context.ts";
import { exitCodes } from "../shell/exitCodes.ts";
import { quiet } from "../shell/terminal.ts";
import { jsonText } from "../views/json.ts";
import { workedJson, workedText, workProgress } from "../views/workText.ts";

export interface WorkFlags {
  readonly threads?: number | undefined;
  readonly idle?: number | undefined;
  readonly json?: true | undefined;
}

/** As a shell says of a process that SIGTERM ended. */
const terminated = 143;

/** Works for a study, and shows it. */
export async function runWork(
  place: string,
  flags: WorkFlags,
  context: CommandContext,
  threadOptions: Pick<TrialThreadsOptions, "newWorker"> = {},
): Promise<void> {
  const { environment, signal } = context;
  const output = flags.json ? quiet(context.output) : context.output;
  const { threads, idle } = flags;
  // Schedulers end what they started so. What is in hand is given back at once, not after the lease.
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once("SIGTERM", end);
  const progress = workProgress(output, place);
  let worked: Worked;
  try {
    const signals = [ending.signal, ...(signal === undefined ? [] : [signal])];
    worked = await work(
      { place, threads, idle, environment },
      { ...context, signal: AbortSignal.any(signals) },
      { onWait: progress.waits, onStart: progress.starts, onDelivered: progress.delivered },
      threadOptions,
    );
  } catch (error) {
    // It waited for a study when it was to end.
    if (!ending.signal.aborted || !(error instanceof Error && error.name === "AbortError")) throw error;
    context.exit?.(terminated);
    return;
  } finally {
    progress.stop();
    process.off("SIGTERM", end);
  }
  output.write(workedText(worked));
  if (flags.json) context.output.write(jsonText(workedJson(worked)));
  if (ending.signal.aborted) context.exit?.(terminated);
  else context.exit?.(worked.why === "interrupted" ? exitCodes.interrupted : exitCodes.finished);
}
