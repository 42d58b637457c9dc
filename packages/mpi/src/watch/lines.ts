import type { Socket } from "node:net";
import { kinds } from "../calls.ts";
import type { Activity } from "./board.ts";

/** Messages between watchers: a line of JSON each. */
export interface Message {
  /** The first message of a rank to rank 0: the secret of this run. */
  readonly hello?: string;
  readonly rank?: number;
  /** The answer of rank 0. */
  readonly welcome?: true;
  /** What ranks do: of a rank its own, of rank 0 those of all. */
  readonly activities?: readonly Packed[];
  readonly failed?: string;
  readonly bye?: true;
}

/** An activity as numbers. */
export type Packed = readonly [
  ...[calls: number, inside: number, kind: number, detail: number, length: number],
  ...[started: number, awaited: number],
];

export function packed({ calls, isInside, call, started, awaited }: Activity): Packed {
  return [calls, isInside ? 1 : 0, kinds.indexOf(call.kind), call.detail, call.length, started, awaited];
}

export function unpacked([calls, inside, kind, detail, length, started, awaited]: Packed): Activity {
  return { calls, isInside: inside === 1, call: { kind: kinds[kind] ?? "none", detail, length }, started, awaited };
}

export function write(socket: Socket, message: Message, done?: () => void): void {
  socket.write(`${JSON.stringify(message)}\n`, done);
}

/** Calls the listener for each message; a connection that sends anything else, or too much, ends. */
export function onMessages(socket: Socket, longest: () => number, listener: (message: Message) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (part) => {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longest()) socket.destroy();
    for (const line of lines) {
      const message = line.length > longest() ? undefined : parsed(line);
      if (message === undefined) return void socket.destroy();
      listener(message);
    }
  });
}

function parsed(line: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
