import { refuse } from "evenkeel/problem";
import { type Handles, handlesOf } from "./handles.ts";
import type { Koffi, Library } from "./library.ts";
import type { Lock } from "./lock.ts";
import { abortSeconds } from "./watch/abortProcess.ts";

/** The same number in Open MPI and in MPICH. */
const serialized = 2;

type Native = (...args: readonly unknown[]) => number;

/**
 * The functions of MPI that are called here. All that travels is bytes, so that nothing depends on
 * how a library computes.
 */
export class Mpi {
  readonly library: Library;
  readonly #koffi: Koffi;
  readonly #handles: Handles;
  readonly #functions: ReturnType<typeof declare>;
  /** What a function writes as an int, and its address. */
  readonly #out = new Int32Array(1);
  readonly #outAddress: bigint;
  /** Handles of requests; C writes them. */
  #requests = new Uint8Array(0);
  #addresses: bigint[] = [];
  /** Taken for every call about messages, once a second thread makes some too. */
  lock: Lock | undefined;

  constructor(koffi: Koffi, library: Library) {
    this.library = library;
    this.#koffi = koffi;
    this.#handles = handlesOf(library.family, (name) => library.lib.symbol(name) as bigint);
    this.#functions = declare(koffi, library, this.#handles);
    this.#outAddress = koffi.address(this.#out);
    this.#reserve(64);
  }

  get isInitialized(): boolean {
    this.#call("MPI_Initialized", this.#outAddress);
    return this.#out[0] !== 0;
  }

  /**
   * MPI_Init_thread with MPI_THREAD_SERIALIZED: threads call MPI one at a time. MPI_THREAD_MULTIPLE
   * has some libraries lock in every call, and others leave out the fast network. Returns whether
   * a second thread may call.
   */
  initialize(): boolean {
    this.#call("MPI_Init_thread", 0n, 0n, serialized, this.#outAddress);
    const provided = this.#out[0];
    // Otherwise an error ends the process before anything can be said.
    this.#call("MPI_Comm_set_errhandler", this.#handles.world, this.#handles.errorsReturn);
    return provided >= serialized;
  }

  get rank(): number {
    this.#call("MPI_Comm_rank", this.#handles.world, this.#outAddress);
    return this.#out[0];
  }

  get size(): number {
    this.#call("MPI_Comm_size", this.#handles.world, this.#outAddress);
    return this.#out[0];
  }

  /** Makes room for so many requests; those that are under way move along. */
  #reserve(count: number): void {
    const { bytes } = this.#handles;
    const requests = new Uint8Array(count * bytes);
    requests.set(this.#requests);
    const first = this.#koffi.address(requests);
    this.#requests = requests;
    this.#addresses = Array.from({ length: count }, (_, i) => first + BigInt(i * bytes));
  }

  /** Starts to send; the bytes may be neither changed nor freed until the request is done. */
  send(request: number, bytes: Uint8Array, to: number, tag: number): void {
    const { byte, world } = this.#handles;
    const { MPI_Isend } = this.#functions;
    if (request >= this.#addresses.length) this.#reserve(2 * request);
    this.#alone("MPI_Isend", () => MPI_Isend(bytes, bytes.length, byte, to, tag, world, this.#addresses[request]));
  }

  /** Starts to receive; the bytes may be neither read nor freed until the request is done. */
  receive(request: number, bytes: Uint8Array, from: number, tag: number): void {
    const { byte, world } = this.#handles;
    const { MPI_Irecv } = this.#functions;
    if (request >= this.#addresses.length) this.#reserve(2 * request);
    this.#alone("MPI_Irecv", () => MPI_Irecv(bytes, bytes.length, byte, from, tag, world, this.#addresses[request]));
  }

  /** Whether the first `count` requests are all done. They are gone then. */
  areDone(count: number): boolean {
    const { MPI_Testall } = this.#functions;
    const { ignore } = this.#handles;
    this.#alone("MPI_Testall", () => MPI_Testall(count, this.#addresses[0], this.#outAddress, ignore));
    return this.#out[0] !== 0;
  }

  /** Whether one request is done; it stays. */
  isDone(request: number): boolean {
    const { bytes, ignore } = this.#handles;
    const { MPI_Request_get_status } = this.#functions;
    const view = new DataView(this.#requests.buffer);
    const at = request * bytes;
    const handle = bytes === 8 ? view.getBigUint64(at, true) : view.getInt32(at, true);
    this.#alone("MPI_Request_get_status", () => MPI_Request_get_status(handle, this.#outAddress, ignore));
    return this.#out[0] !== 0;
  }

  /** A call about messages, while no other thread makes one. @throws Error for a code other than 0 */
  #alone(name: string, call: () => number): void {
    let code: number;
    this.lock?.take();
    try {
      code = call();
    } finally {
      this.lock?.give();
    }
    if (code !== 0) throw this.#error(name, code);
  }

  /** Lets other processes of this machine go first. */
  yield(): void {
    this.#functions.sched_yield();
  }

  finalize(): void {
    this.lock?.take(); // for good
    this.#call("MPI_Finalize");
  }

  /** Ends the processes of all ranks, and this one by an alarm if MPI does not. */
  abort(code: number): void {
    this.#functions.alarm(abortSeconds);
    this.#functions.MPI_Abort(this.#handles.world, code);
  }

  #call(name: keyof ReturnType<typeof declare>, ...args: readonly unknown[]): void {
    const code = this.#functions[name](...args);
    if (code !== 0) throw this.#error(name, code);
  }

  #error(name: string, code: number): Error {
    const text = new Uint8Array(8192);
    this.#functions.MPI_Error_string(code, text, this.#outAddress);
    const why = Buffer.from(text.subarray(0, text.indexOf(0))).toString("latin1");
    return refuse("wrong-state", "", `${name} of ${this.library.version} failed: ${why}`);
  }
}

function declare(koffi: Koffi, { lib }: Library, { type: T }: Handles) {
  const func = (prototype: string) => lib.func(prototype) as Native;
  return {
    MPI_Initialized: func("int MPI_Initialized(void *flag)"),
    MPI_Init_thread: func("int MPI_Init_thread(void *argc, void *argv, int required, void *provided)"),
    MPI_Comm_set_errhandler: func(`int MPI_Comm_set_errhandler(${T} comm, ${T} handler)`),
    MPI_Comm_rank: func(`int MPI_Comm_rank(${T} comm, void *rank)`),
    MPI_Comm_size: func(`int MPI_Comm_size(${T} comm, void *size)`),
    MPI_Isend: func(`int MPI_Isend(void *data, int n, ${T} type, int to, int tag, ${T} comm, void *request)`),
    MPI_Irecv: func(`int MPI_Irecv(void *data, int n, ${T} type, int from, int tag, ${T} comm, void *request)`),
    MPI_Testall: func("int MPI_Testall(int n, void *requests, void *flag, void *statuses)"),
    MPI_Request_get_status: func(`int MPI_Request_get_status(${T} request, void *flag, void *status)`),
    MPI_Error_string: func("int MPI_Error_string(int code, void *text, void *length)"),
    MPI_Finalize: func("int MPI_Finalize()"),
    MPI_Abort: func(`int MPI_Abort(${T} comm, int code)`),
    sched_yield: koffi.load(null).func("int sched_yield()") as Native,
    alarm: koffi.load(null).func("unsigned int alarm(unsigned int seconds)") as Native,
  };
}
