import { distributed } from "evenkeel";

/** This process among those that train together. */
export interface Exchange {
  readonly rank: number;
  readonly size: number;
  /** The bytes of every rank, in their order. */
  gather(bytes: Uint8Array): Uint8Array[];
}

/** That of the group that this process has joined; alone without one. */
export function exchange(): Exchange {
  if (!distributed.isInitialized()) return { rank: 0, size: 1, gather: (bytes) => [bytes] };
  const communicator = distributed.getCommunicator();
  return { rank: communicator.rank, size: communicator.size, gather: (bytes) => communicator.allGather(bytes) };
}

/** What every rank has, as plain JSON. */
export function gatherJson<T>(ranks: Exchange, own: T): T[] {
  const all = ranks.gather(new TextEncoder().encode(JSON.stringify(own)));
  return all.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as T);
}
