import { connect, type Socket } from "node:net";
import type { Hearing } from "./hub.ts";
import { type Message, onMessages, unpacked, write } from "./lines.ts";

/** Where rank 0 listens. */
export interface Address {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly secret: string;
}

/** The connection of another rank to rank 0. */
export class Link {
  readonly #hearing: Hearing;
  #socket: Socket | undefined;

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
  }

  /** Connects by the address that answers first. Rank 0 may have several, some of other networks. */
  open({ hosts, port, secret }: Address, rank: number): void {
    const all = hosts.map((host) => connect({ host, port }));
    for (const socket of all) {
      socket.setNoDelay(true);
      socket.on("connect", () => write(socket, { hello: secret, rank }));
      socket.on("error", () => {}); // "close" follows
      socket.on("close", () => {
        if (socket === this.#socket) this.#hearing.lost(0);
      });
      // What rank 0 says of all ranks is long if there are many.
      onMessages(
        socket,
        () => 10_000_000,
        (message) => {
          if (message.welcome && this.#socket === undefined) {
            this.#socket = socket;
            for (const other of all) if (other !== socket) other.destroy();
            this.#hearing.ready();
          }
          if (socket === this.#socket) this.#listen(message);
        },
      );
    }
  }

  tell(message: Message, done = () => {}): void {
    if (this.#socket === undefined) done();
    else write(this.#socket, message, done);
  }

  #listen({ activities, bye, failed }: Message): void {
    for (const [rank, activity] of (activities ?? []).entries()) this.#hearing.heard(rank, unpacked(activity));
    if (bye) this.#hearing.saidGoodbye(0);
    if (failed !== undefined) this.#hearing.failed(failed);
  }
}
