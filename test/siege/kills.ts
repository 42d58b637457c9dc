import { type Attack, lay, type Siege, type SiegeOptions, type SiegeOutcome } from "./siege.ts";

/** After these there is something that a power failure may take. */
const leaves = /^(?:write|rename|link) /;

const siege: Siege = {
  calls: "changes",
  attacks: (calls) =>
    calls.flatMap((call, at): Attack[] => [
      { at, act: { kind: "kill" } },
      ...(call.startsWith("write ") ? [{ at, act: { kind: "tear" } } as const] : []),
      ...(at > 0 && leaves.test(calls[at - 1]) ? [{ at, act: { kind: "power" } } as const] : []),
    ]),
  wrongEnding: ({ signal, code, err }) =>
    signal === "SIGKILL" ? undefined : `the process was not killed, and ended with ${code}: ${err}`,
};

/**
 * Ends commands at every call that changes the disk: by SIGKILL, in the middle of a write, and with
 * the loss of what was not flushed.
 */
export function kills(options: SiegeOptions): Promise<SiegeOutcome> {
  return lay(siege, options);
}
