/** A thread that does one piece of work, of a file of the library. */
export interface FileThread {
  /** Whether the process stays alive for it; not at first. */
  keepAlive(wanted: boolean): void;
  end(): void;
}

/** What a thread says. */
export interface FileThreadEvents {
  readonly onMessage: (message: unknown) => void;
  /** It ended by itself, for whatever reason: it may have been killed, or out of memory. */
  readonly onEnd: () => void;
}

/**
 * Starts a thread.
 * @param data - what it is given; the buffers among `moved` are then gone here
 * @returns undefined if none may be started
 */
export type StartFileThread = (
  file: "baselinesThread",
  data: unknown,
  moved: readonly ArrayBufferLike[],
  events: FileThreadEvents,
) => FileThread | undefined;

let start: StartFileThread | undefined;

/** Says how threads are started from files of the library: `evenkeel/node` does, which knows where they are. */
export function setFileThreads(starter: StartFileThread | undefined): void {
  start = starter;
}

/** Starts such threads; undefined where files of the library cannot be started as threads. */
export const fileThreadStarter = (): StartFileThread | undefined => start;
