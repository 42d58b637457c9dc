import { timingSafeEqual } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { Activity } from "./board.ts";
import { type Message, onMessages, unpacked, write } from "./lines.ts";

/** What a watcher does when it hears something. */
export interface Hearing {
  /** All that have to be connected are. */
  ready(): void;
  heard(rank: number, activity: Activity): void;
  saidGoodbye(rank: number): void;
  lost(rank: number): void;
  failed(text: string): void;
}

/** Strangers have so long to say who they are, and may say so much. */
const [patience, longestGreeting] = [10_000, 200];

/** The connections of rank 0: all other ranks come to it. */
export class Hub {
  readonly #server: Server;
  readonly #sockets = new Map<number, Socket>();
  readonly #size: number;
  readonly #secret: string;
  readonly #hearing: Hearing;

  constructor(size: number, secret: string, hearing: Hearing) {
    this.#size = size;
    this.#secret = secret;
    this.#hearing = hearing;
    this.#server = createServer((socket) => this.#greet(socket));
  }

  /** Listens at a free port, and returns it. @param host - where; all addresses unless given */
  listen(host: string | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ port: 0, ...(host !== undefined && { host }) }, () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  }

  /** Sends a message to all; `done` is called when it has left for each. */
  tell(message: Message, done = () => {}): void {
    let left = this.#sockets.size;
    if (left === 0) done();
    for (const socket of this.#sockets.values()) {
      write(socket, message, () => {
        if (--left === 0) done();
      });
    }
  }

  #greet(socket: Socket): void {
    let rank: number | undefined;
    socket.setNoDelay(true);
    const stranger = setTimeout(() => socket.destroy(), patience);
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => {
      clearTimeout(stranger);
      if (rank !== undefined) this.#hearing.lost(rank);
    });
    const longest = () => (rank === undefined ? longestGreeting : 20_000);
    onMessages(socket, longest, (message) => {
      if (rank !== undefined) return this.#listen(rank, message);
      const said = message.rank;
      if (!this.#isOurs(message.hello) || !Number.isInteger(said) || this.#sockets.has(said as number)) {
        return void socket.destroy();
      }
      clearTimeout(stranger);
      rank = said as number;
      this.#sockets.set(rank, socket);
      write(socket, { welcome: true });
      if (this.#sockets.size === this.#size - 1) this.#hearing.ready();
    });
  }

  #isOurs(secret: unknown): boolean {
    if (typeof secret !== "string" || secret.length !== this.#secret.length) return false;
    return timingSafeEqual(Buffer.from(secret, "latin1"), Buffer.from(this.#secret, "latin1"));
  }

  #listen(rank: number, { activities, bye, failed }: Message): void {
    if (activities !== undefined) this.#hearing.heard(rank, unpacked(activities[0]));
    if (bye) this.#hearing.saidGoodbye(rank);
    if (failed !== undefined) this.#hearing.failed(failed);
  }
}
