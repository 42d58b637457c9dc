/** What is done to a process, and when. It goes to the process as JSON in the variable `SIEGE`. */
export interface SiegePlan {
  /** Only calls below this folder count. */
  readonly root: string;
  /** Those that change the disk, or reading ones too. */
  readonly calls: "changes" | "all";
  /** Which call it happens at, from 0; none to count only. */
  readonly at?: number;
  readonly act?: SiegeAct;
  /** A file for the calls that were made, one a line. */
  readonly trace?: string;
  /** By what a process's clock is faster, so that every epoch gets a checkpoint. */
  readonly clock?: number;
}

/**
 * - kill: SIGKILL before the call
 * - tear: the same in the middle of a write, half of whose bytes are written
 * - power: the same, and what no flush has put on the disk is lost; names stay
 * - fail: the call throws, and if `lasting` every later one of its kind too
 */
export type SiegeAct =
  | { readonly kind: "kill" | "tear" | "power" }
  | { readonly kind: "fail"; readonly code: string; readonly lasting: boolean };
