import type { TypedArray } from "evenkeel";
import { check, oneOf, wholeNumber, wrongType } from "evenkeel/problem";
import { type Call, detailOf, reductions } from "./calls.ts";
import { combine, type Floats } from "./reduce.ts";
import type { SecondThread } from "./second/second.ts";
import type { Transport } from "./transport.ts";
import type { Communicator, Reduction } from "./types.ts";

/** Up to so many bytes each rank sends all it has to each, which takes one exchange instead of two. */
const small = 16_384;

const nothing = new Uint8Array(0);

/** What the collectives do for an end of the processes. */
export type Abort = (reason: string) => never;

/**
 * The collectives, of messages between two ranks. Sums are made here: in the order of the ranks, in
 * double, rounded once, so that they depend on no algorithm of an MPI and on no rank that comes first.
 */
export class MpiCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  /** What the MPI says of itself: "Open MPI v4.1.4". */
  readonly version: string;
  /** Only with a second thread. */
  readonly startAllReduce: Communicator["startAllReduce"];
  readonly #transport: Transport;
  readonly #abort: Abort;
  /** Every rank but this one, the next first: so each is sent to by one other at a time. */
  readonly #others: readonly number[];
  /** What other ranks send to be summed; as large as it was needed so far. */
  #scratch = new ArrayBuffer(1024);

  constructor(transport: Transport, version: string, abort: Abort, second?: SecondThread) {
    const { rank, size } = transport;
    this.rank = rank;
    this.size = size;
    this.version = version;
    this.#transport = transport;
    this.#abort = abort;
    this.startAllReduce = second && ((data, reduction) => this.#startIn(second, data, reduction));
    this.#others = Array.from({ length: size - 1 }, (_, i) => (rank + 1 + i) % size);
  }

  /** @throws TypeError for other arrays @throws Error if another rank is lost, or is too late */
  allReduce(data: Float32Array | Float64Array, reduction: Reduction = "sum"): void {
    this.#run(reducing("allReduce", data, reduction), () => {
      if (data.length === 0) this.#await();
      else if (data.byteLength <= small) this.#reduceWhole(data, reduction);
      else this.#reduceParts(data, reduction);
    });
  }

  #startIn(second: SecondThread, data: Floats, reduction: Reduction = "sum"): (into: Floats) => void {
    const call = reducing("startAllReduce", data, reduction);
    const job = second.start(data, reduction);
    const sum = this.#transport.started();
    return (into) => this.#transport.run(call, () => second.finish(job, into), sum);
  }

  /** @throws TypeError for anything but a typed array @throws RangeError if there is no such root */
  broadcast(data: TypedArray | Uint8Array, root = 0): void {
    if (!ArrayBuffer.isView(data)) throw wrongType("broadcast", "data", data, "a typed array");
    this.#checkRoot("broadcast", root);
    const bytes = bytesOf(data);
    this.#run({ kind: "broadcast", detail: root, length: bytes.length }, () => {
      if (bytes.length === 0) this.#await();
      else if (bytes.length <= small || this.size === 2) this.#sendWhole(bytes, root);
      else this.#sendParts(bytes, root);
    });
  }

  /** @throws TypeError for anything but a Uint8Array */
  allGather(bytes: Uint8Array): Uint8Array[] {
    checkBytes("allGather", bytes);
    return this.#run({ kind: "allGather", detail: 0, length: 0 }, () => {
      const lengths = new Float64Array(this.size).fill(bytes.length);
      this.#exchange(
        () => bytesOf(lengths.subarray(this.rank, this.rank + 1)),
        (from) => bytesOf(lengths.subarray(from, from + 1)),
      );
      const all = Array.from(lengths, (length, rank) => (rank === this.rank ? bytes.slice() : new Uint8Array(length)));
      this.#exchange(
        () => bytes,
        (from) => all[from],
      );
      return all;
    });
  }

  /** @throws TypeError for anything but a Uint8Array @throws RangeError if there is no such root */
  gather(bytes: Uint8Array, root = 0): Uint8Array[] {
    checkBytes("gather", bytes);
    this.#checkRoot("gather", root);
    return this.#run({ kind: "gather", detail: root, length: 0 }, () => {
      const transport = this.#transport;
      const lengths = new Float64Array(this.size).fill(bytes.length);
      if (this.rank !== root) {
        transport.send(bytesOf(lengths.subarray(0, 1)), root);
        transport.send(bytes, root);
        transport.complete();
        return [];
      }
      for (const from of this.#others) transport.receive(bytesOf(lengths.subarray(from, from + 1)), from);
      transport.complete();
      const all = Array.from(lengths, (length, rank) => (rank === root ? bytes.slice() : new Uint8Array(length)));
      for (const from of this.#others) transport.receive(all[from], from);
      transport.complete();
      return all;
    });
  }

  barrier(): void {
    this.#run({ kind: "barrier", detail: 0, length: 0 }, () => this.#await());
  }

  /** The last call of a program, which all ranks make: see ending.ts. */
  end(): void {
    this.#run({ kind: "end", detail: 0, length: 0 }, () => this.#await());
  }

  abort(reason: string): never {
    return this.#abort(reason);
  }

  #run<T>(call: Call, body: () => T): T {
    return this.#transport.run(call, body);
  }

  #checkRoot(caller: string, root: number): void {
    check(caller, "root", root, wholeNumber(0, this.size - 1));
  }

  /** Sends to every other rank, and receives from it. */
  #exchange(outgoing: (to: number) => Uint8Array, incoming: (from: number) => Uint8Array): void {
    const transport = this.#transport;
    for (const from of this.#others) transport.receive(incoming(from), from);
    for (const to of this.#others) transport.send(outgoing(to), to);
    transport.complete();
  }

  /** Every rank waits for all. Calls with nothing to send do it too, or ranks that differ would not notice. */
  #await(): void {
    const [own, others] = [new Uint8Array(1), new Uint8Array(this.size)];
    this.#exchange(
      () => own,
      (from) => others.subarray(from, from + 1),
    );
  }

  /** Every rank gets the arrays of all. */
  #reduceWhole(data: Floats, reduction: Reduction): void {
    const sources = this.#room(data, data.length);
    const bytes = bytesOf(data);
    this.#exchange(
      () => bytes,
      (from) => bytesOf(sources[from]),
    );
    sources[this.rank] = data;
    combine(data, sources, reduction);
  }

  /** Every rank sums a part of the array, and sends the sums to all. */
  #reduceParts(data: Floats, reduction: Reduction): void {
    const part = (rank: number) => data.subarray(this.#start(rank, data.length), this.#start(rank + 1, data.length));
    const own = part(this.rank);
    const sources = this.#room(data, own.length);
    this.#exchange(
      (to) => bytesOf(part(to)),
      (from) => bytesOf(sources[from]),
    );
    sources[this.rank] = own;
    combine(own, sources, reduction);
    const sums = bytesOf(own);
    this.#exchange(
      () => sums,
      (from) => bytesOf(part(from)),
    );
  }

  #sendWhole(bytes: Uint8Array, root: number): void {
    if (this.rank !== root) this.#transport.receive(bytes, root);
    else for (const to of this.#others) this.#transport.send(bytes, to);
    this.#transport.complete();
  }

  /** The root sends a part to each rank, and each rank its part to all: the root need not send all to each. */
  #sendParts(bytes: Uint8Array, root: number): void {
    const part = (rank: number) => bytes.subarray(this.#start(rank, bytes.length), this.#start(rank + 1, bytes.length));
    const transport = this.#transport;
    if (this.rank !== root) transport.receive(part(this.rank), root);
    else for (const to of this.#others) transport.send(part(to), to);
    transport.complete();
    for (const from of this.#others) if (this.rank !== root) transport.receive(part(from), from);
    for (const to of this.#others) if (to !== root) transport.send(part(this.rank), to);
    transport.complete();
  }

  /** Where the part of a rank begins. */
  #start(rank: number, length: number): number {
    return Math.floor((length * rank) / this.size);
  }

  /** An array of `length` values for each rank, in the memory that is kept for that. */
  #room(like: Floats, length: number): Floats[] {
    const Type = like instanceof Float32Array ? Float32Array : Float64Array;
    const stride = 8 * Math.ceil((length * Type.BYTES_PER_ELEMENT) / 8);
    if (this.#scratch.byteLength < stride * this.size) this.#scratch = new ArrayBuffer(stride * this.size);
    return Array.from({ length: this.size }, (_, rank) => new Type(this.#scratch, rank * stride, length));
  }
}

/** @throws TypeError for other arrays or reductions */
function reducing(caller: string, data: Floats, reduction: Reduction): Call {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw wrongType(caller, "data", data, "a Float32Array or a Float64Array");
  }
  check(caller, "reduction", reduction, oneOf(reductions));
  return { kind: "allReduce", detail: detailOf(data.BYTES_PER_ELEMENT, reduction), length: data.length };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return byteLength === 0 ? nothing : new Uint8Array(buffer, byteOffset, byteLength);
}

function checkBytes(caller: string, bytes: unknown): void {
  if (!(bytes instanceof Uint8Array)) throw wrongType(caller, "bytes", bytes, "a Uint8Array");
}
