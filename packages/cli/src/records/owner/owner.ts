import * as fs from "node:fs";
import { join } from "node:path";
import { misuse } from "../../shell/errors.ts";
import { attempt } from "../../shell/files/fault.ts";
import { reasonOf, removeLeftovers, temporaryBeside, WriteError, writeAtomic } from "../../shell/files/writeAtomic.ts";
import { isProcessMark, type Life, lifeOf, type ProcessMark, thisProcess } from "../../shell/process.ts";

/** owner-1.json, owner-2.json, …: the latest says who works in the folder, or did last. */
const fileName = /^owner-([1-9]\d{0,8})\.json$/;
/** A folder is not taken over so often; a higher number has no file that is recognized. */
const mostNumber = 999_999_999;

interface Owner {
  /** Absent if its file cannot be read. */
  readonly mark?: ProcessMark;
  readonly life: Life;
}

/** The files that this process owns. */
const held = new Set<string>();

/** Who works in a folder, or did last; undefined if nobody ever did. */
export function ownerOf(folder: string): Owner | undefined {
  const number = numbers(folder)[0];
  return number === undefined ? undefined : ownerIn(fileOf(folder, number));
}

/**
 * The right to write into the folder of a run or a study, which one process has at a time. The file
 * of the next number is created in one step, so that of several processes that take a folder over
 * at the same moment only one succeeds.
 */
export class Ownership {
  #folder: string;
  readonly #number: number;
  #working = false;

  private constructor(folder: string, number: number) {
    this.#folder = folder;
    this.#number = number;
    held.add(fileOf(folder, number));
  }

  /**
   * Takes a folder that nobody works in.
   * @param what the run or the study, in messages
   * @param takeOver whether an owner that cannot be checked from here counts as dead
   * @throws CommandError if another process works in it, or may do so
   */
  static claim(folder: string, what: string, { takeOver = false } = {}): Ownership {
    removeLeftovers(folder);
    for (;;) {
      const latest = numbers(folder)[0] ?? 0;
      if (latest === mostNumber) {
        const file = fileOf(folder, latest);
        throw misuse(
          "damaged-file",
          `${file} has the highest number that an owner can have`,
          "delete it if nobody works there",
        );
      }
      if (latest > 0) checkGone(ownerIn(fileOf(folder, latest)), what, takeOver);
      if (!create(folder, latest + 1)) continue;
      // A process that stopped for long between these lines may have taken a number that was used
      // and removed meanwhile: a higher one has the folder.
      if (numbers(folder)[0] === latest + 1) return new Ownership(folder, latest + 1);
      fs.rmSync(fileOf(folder, latest + 1), { force: true });
    }
  }

  /** Gives the folder back as it was; of no effect once work has begun or ended. */
  abandon(): void {
    if (this.#working || !held.delete(this.#file)) return;
    fs.rmSync(this.#file, { force: true });
  }

  /** The folder is called something else now. */
  moved(folder: string): void {
    held.delete(this.#file);
    this.#folder = folder;
    held.add(this.#file);
  }

  /**
   * Whether nobody has taken the folder over. Somebody may have, from another machine, while this
   * process was stopped.
   */
  get isLatest(): boolean {
    return numbers(this.#folder)[0] === this.#number;
  }

  /** Begins the work: removes what earlier owners left. */
  settle(): void {
    this.#working = true;
    for (const number of numbers(this.#folder)) {
      if (number < this.#number) fs.rmSync(fileOf(this.#folder, number), { force: true });
    }
  }

  /**
   * Ends the work. The file stays, so that numbers only grow. If it cannot be written, the end of
   * the process says the same: what was done is not worth less.
   */
  release(): void {
    if (!held.delete(this.#file)) return;
    attempt(() => writeAtomic(this.#file, text({ ...thisProcess(), ended: new Date().toISOString() })));
  }

  get #file(): string {
    return fileOf(this.#folder, this.#number);
  }
}

/** Whether a name is that of a file with an owner, whole or half-written. */
export function isOwnerFile(name: string): boolean {
  return fileName.test(name) || /^\.owner-\d+\.json\..*\.tmp$/.test(name);
}

function fileOf(folder: string, number: number): string {
  return join(folder, `owner-${number}.json`);
}

/** The highest first. */
function numbers(folder: string): number[] {
  const found = fs.readdirSync(folder).flatMap((name) => fileName.exec(name)?.[1] ?? []);
  return found.map(Number).sort((a, b) => b - a);
}

function ownerIn(file: string): Owner {
  try {
    const { ended, ...mark } = JSON.parse(fs.readFileSync(file, "utf8"));
    if (!isProcessMark(mark)) return { life: "unknown" };
    if (typeof ended === "string") return { mark, life: "dead" };
    if (held.has(file)) return { mark, life: "alive" };
    const isMine = JSON.stringify(mark) === JSON.stringify(thisProcess());
    return { mark, life: isMine ? "dead" : lifeOf(mark) };
  } catch {
    return { life: "unknown" };
  }
}

function checkGone({ mark, life }: Owner, what: string, takeOver: boolean): void {
  if (life === "dead" || (life === "unknown" && takeOver)) return;
  if (life === "alive") {
    throw misuse("conflict", `${what} is still running, in process ${mark?.pid}`, "wait for it, or end it");
  }
  const who = mark === undefined ? "its owner cannot be read" : `process ${mark.pid} of the host ${mark.host}`;
  throw misuse(
    "conflict",
    `${what} may still be running: ${who}, which cannot be checked from here`,
    "if it has ended, take it over with --take-over",
  );
}

/** Creates the file with its content in one step; false if it is there already. */
function create(folder: string, number: number): boolean {
  const file = fileOf(folder, number);
  const temporary = temporaryBeside(file);
  try {
    fs.writeFileSync(temporary, text(thisProcess()), { flush: true });
    fs.linkSync(temporary, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") return createWithoutLink(file);
    throw new WriteError(`cannot write ${file}: ${reasonOf(error)}`, error);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/** For file systems without hard links. A kill between the two steps leaves an owner to take over. */
function createWithoutLink(file: string): boolean {
  try {
    fs.writeFileSync(file, text(thisProcess()), { flag: "wx", flush: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new WriteError(`cannot write ${file}: ${reasonOf(error)}`, error);
  }
}

function text(mark: object): string {
  return `${JSON.stringify(mark)}\n`;
}
