import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";

/** A call of the file system that is about to be made. */
export interface Call {
  readonly name: string;
  /** Below the root. */
  readonly path: string;
  /** Whether it changes the disk. */
  readonly changes: boolean;
}

/** One that was made. */
export interface Done {
  readonly name: string;
  readonly path: string;
  /** The new name of what was renamed. */
  readonly to?: string | undefined;
  readonly file?: number | undefined;
}

/** What becomes of a call; torn is a write that writes half of its bytes, and is the last. */
export type Fate = "goes on" | "is killed" | "is torn" | { readonly code: string };

export interface Siege {
  readonly before: (call: Call) => Fate;
  readonly after: (done: Done) => void;
  readonly die: () => never;
}

/** Calls by a path, and by an open file. Those that are not listed are not used. */
const byPath = {
  changes: [
    "rename",
    "link",
    "symlink",
    "unlink",
    "rm",
    "rmdir",
    "mkdir",
    "mkdtemp",
    "truncate",
    "chmod",
    "utimes",
    "copyFile",
  ],
  reads: ["stat", "lstat", "readdir", "realpath", "readlink", "access", "readFile", "opendir"],
};
const byFile = { changes: ["write", "writev", "ftruncate", "fsync", "fdatasync"], reads: ["read", "fstat"] };
const ofHandle = {
  changes: { write: "write", writev: "writev", truncate: "ftruncate", sync: "fsync", datasync: "fdatasync" },
  reads: { read: "read", stat: "fstat", readFile: "readFile" },
};

// biome-ignore lint/suspicious/noExplicitAny: functions of all signatures are replaced alike
type Any = (...args: any[]) => any;
const functions = fs as unknown as Record<string, Any>;
const promises = fs.promises as unknown as Record<string, Any>;

/**
 * Replaces the functions of node:fs, synchronous and not, by such that ask first. Functions that
 * open, write and close a file are made of these three.
 */
export function intercept(root: string, { before, after, die }: Siege): void {
  const opened = new Map<number, { readonly path: string; readonly changes: boolean }>();
  const writeNow = fs.writeSync;
  /** What is done to the disk at the end is no call of the program. */
  let dying = false;
  const isBelow = (path: string) => path === root || path.startsWith(`${root}/`);

  /** Asks for a call, and ends it there unless it goes on. */
  function ask(name: string, path: string, changes: boolean, tear?: () => void): void {
    if (dying || !isBelow(path)) return;
    const fate = before({ name, path: path.slice(root.length + 1), changes });
    if (fate === "goes on") return;
    if (typeof fate === "object") throw failure(fate.code, name, path);
    dying = true;
    if (fate === "is torn") tear?.();
    die();
  }

  const pathOf = (given: unknown) => resolve(given instanceof URL ? given.pathname : String(given));
  const half =
    (file: number, [data, offset, length]: unknown[]) =>
    () => {
      const bytes = typeof data === "string" ? Buffer.from(data) : (data as Uint8Array);
      const [from, count] =
        typeof offset === "number" ? [offset, Number(length ?? bytes.length - offset)] : [0, bytes.length];
      writeNow(file, bytes.subarray(from, from + Math.floor(count / 2)));
    };

  /** A call of each kind, as a function to ask for it, and one to tell that it was made. */
  interface Gate {
    readonly ask: (args: unknown[]) => void;
    readonly tell: (args: unknown[], result: unknown) => void;
  }
  const pathGate = (name: string, changes: boolean): Gate => ({
    ask: ([path]) => ask(name, pathOf(path), changes),
    tell: ([path, to]) => after({ name, path: pathOf(path), ...(name === "rename" && { to: pathOf(to) }) }),
  });
  const fileGate = (name: string, changes: boolean): Gate => ({
    ask: ([file, ...rest]) => {
      const path = opened.get(file as number)?.path;
      if (path !== undefined) ask(name, path, changes, name === "write" ? half(file as number, rest) : undefined);
    },
    tell: ([file]) => {
      const path = opened.get(file as number)?.path;
      if (path !== undefined) after({ name, path, file: file as number });
    },
  });
  const openGate: Gate = {
    ask: ([path, flags]) => ask("open", pathOf(path), writes(flags)),
    tell: ([path, flags], file) => {
      if (!isBelow(pathOf(path))) return;
      opened.set(file as number, { path: pathOf(path), changes: writes(flags) });
      // What is only read is written by others: their flushes are not seen here.
      if (writes(flags)) after({ name: "open", path: pathOf(path), file: file as number });
    },
  };
  const closeGate: Gate = {
    ask: ([file]) => {
      const known = opened.get(file as number);
      if (known === undefined) return;
      // A file whose closing fails is closed all the same.
      opened.delete(file as number);
      ask("close", known.path, known.changes);
    },
    tell: () => {},
  };

  const gates = new Map<string, Gate>([
    ["open", openGate],
    ["close", closeGate],
  ]);
  for (const changes of [true, false]) {
    const kind = changes ? "changes" : "reads";
    for (const name of byPath[kind]) gates.set(name, pathGate(name, changes));
    for (const name of byFile[kind]) gates.set(name, fileGate(name, changes));
  }

  /** Whether a synchronous call is under way, whose parts do not count again. */
  let inside = false;
  for (const [name, gate] of gates) {
    const sync = functions[`${name}Sync`];
    functions[`${name}Sync`] = (...args) => {
      if (inside) return sync(...args);
      try {
        gate.ask(args);
      } catch (error) {
        if (isAbsent(error) && (args[1] as { throwIfNoEntry?: boolean })?.throwIfNoEntry === false) return undefined;
        throw error;
      }
      inside = true;
      try {
        const result = sync(...args);
        gate.tell(args, result);
        return result;
      } finally {
        inside = false;
      }
    };
    const callback = functions[name];
    functions[name] = (...args) => {
      const done = args.at(-1) as Any;
      try {
        gate.ask(args);
      } catch (error) {
        process.nextTick(done, error);
        return;
      }
      return callback(...args.slice(0, -1), (error: unknown, result: unknown, ...more: unknown[]) => {
        if (error === null || error === undefined) gate.tell(args, result);
        done(error, result, ...more);
      });
    };
    const promise = promises[name];
    if (promise === undefined || name === "open") continue;
    promises[name] = async (...args) => {
      if (typeof args[0] === "object" && !(args[0] instanceof URL) && !Buffer.isBuffer(args[0]))
        return promise(...args);
      gate.ask(args);
      const result = await promise(...args);
      gate.tell(args, result);
      return result;
    };
  }

  const { existsSync } = fs;
  functions.existsSync = (path) => {
    try {
      if (!inside) ask("exists", pathOf(path), false);
    } catch {
      return false; // as it is when the system cannot say
    }
    return existsSync(path);
  };

  const { open } = fs.promises;
  promises.open = async (path, flags = "r", mode) => {
    openGate.ask([path, flags]);
    const handle = await open(path, flags, mode);
    openGate.tell([path, flags], handle.fd);
    if (!isBelow(pathOf(path))) return handle;
    const own = handle as unknown as Record<string, Any>;
    for (const [method, name] of Object.entries({ ...ofHandle.changes, ...ofHandle.reads })) {
      const call = own[method].bind(handle);
      const gate =
        gates.get(name) === undefined || name === "readFile" ? fileGate(name, false) : (gates.get(name) as Gate);
      own[method] = async (...args) => {
        gate.ask([handle.fd, ...args]);
        const result = await call(...args);
        gate.tell([handle.fd], result);
        return result;
      };
    }
    const close = handle.close.bind(handle);
    own.close = async () => {
      try {
        closeGate.ask([handle.fd]);
      } finally {
        await close();
      }
    };
    own.writeFile = async (data) => {
      await own.write(bytesOf(data));
    };
    own.appendFile = own.writeFile;
    return handle;
  };

  const writeWhole = (usual: string) => (path: unknown, data: unknown, options?: unknown) => {
    const { flag = usual, mode = 0o666, flush = false, encoding = "utf8" } = optionsOf(options);
    const file = typeof path === "number" ? path : fs.openSync(path as string, flag, mode);
    try {
      writeAll(file, bytesOf(data, encoding));
      if (flush) fs.fsyncSync(file);
    } finally {
      if (file !== path) fs.closeSync(file);
    }
  };
  const writeAll = (file: number, bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at, bytes.length - at);
  };
  functions.writeFileSync = writeWhole("w");
  functions.appendFileSync = writeWhole("a");
  promises.writeFile = async (path, data, options) => {
    const { flag = "w", mode, encoding } = optionsOf(options);
    const handle = await promises.open(path, flag, mode);
    try {
      await handle.write(bytesOf(data, encoding));
    } finally {
      await handle.close();
    }
  };
  syncBuiltinESMExports();
}

interface WriteOptions {
  readonly flag?: string;
  readonly mode?: number;
  readonly flush?: boolean;
  readonly encoding?: BufferEncoding;
}

function optionsOf(options: unknown): WriteOptions {
  return typeof options === "string" ? { encoding: options as BufferEncoding } : ((options ?? {}) as WriteOptions);
}

function bytesOf(data: unknown, encoding?: BufferEncoding): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, encoding);
  if (data instanceof Uint8Array) return data;
  throw new TypeError(`the siege writes texts and bytes, not ${typeof data}`);
}

function writes(flags: unknown): boolean {
  if (typeof flags === "number")
    return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0;
  return /[wa+]/.test(String(flags ?? "r"));
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function failure(code: string, name: string, path: string): Error {
  const syscall = { readdir: "scandir", fsync: "fsync", readFile: "open" }[name] ?? name;
  return Object.assign(new Error(`${code}: of the siege, ${syscall} '${path}'`), { code, syscall, path });
}
