import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { drawInput, drawReader } from "./draw.ts";
import { type Finding, type Job, type Message, ownFault, type Tally } from "./hunt.ts";
import type { Input, Reader, Seed } from "./reader.ts";
import { readers } from "./readers/index.ts";
import { Session } from "./session.ts";
import { shrink } from "./shrink.ts";

/**
 * The process that reads. It writes down the number of each input before it reads it, so that an
 * input that ends the process is known.
 */
const job = JSON.parse(process.argv[2]) as Job;
const journal = openSync(job.journal, "w");
const log = openSync(job.log, "a");
const say = (message: Message) => writeSync(log, `${JSON.stringify(message)}\n`);

/** What a fault is about, without what differs from one input to the next. */
const kindOf = (fault: string) => fault.replace(/\d+/g, "0").slice(0, 60);

async function smaller(session: Session, reader: Reader, input: Input, fault: string): Promise<Uint8Array> {
  const end = performance.now() + 20_000;
  return shrink(
    input.bytes,
    async (bytes) => {
      if (performance.now() > end) return false;
      const { fault: other } = await session.take(reader, { ...input, bytes });
      return other !== undefined && kindOf(other) === kindOf(fault);
    },
    300,
  );
}

let tallies: Record<string, Tally> = {};
let since = 0;
function report(): void {
  say({ type: "tallies", tallies });
  tallies = {};
  since = 0;
}

function count(reader: string, seed: number, cpu: number, memory: number, refused: boolean): void {
  const tally = tallies[reader] ?? {
    read: 0,
    refused: 0,
    cpu: 0,
    slowest: 0,
    slowestSeed: 0,
    largest: 0,
    largestSeed: 0,
  };
  tallies[reader] = {
    read: tally.read + (refused ? 0 : 1),
    refused: tally.refused + (refused ? 1 : 0),
    cpu: tally.cpu + cpu,
    ...(cpu > tally.slowest
      ? { slowest: cpu, slowestSeed: seed }
      : { slowest: tally.slowest, slowestSeed: tally.slowestSeed }),
    ...(memory > tally.largest
      ? { largest: memory, largestSeed: seed }
      : { largest: tally.largest, largestSeed: tally.largestSeed }),
  };
}

const session = await Session.open();
const chosen = readers.filter(({ name }) => job.reader === undefined || name === job.reader);
if (job.reader === undefined) for (const reader of readers) await session.seeds(reader);
const found = new Map<string, number>();
say({ type: "ready" });
for (let i = job.from; i < job.to; i++) {
  const seed = job.seed + i;
  const reader = drawReader(seed, chosen);
  const seeds = await session.seeds(reader);
  const drawn = draw(seed, reader, seeds);
  const input = job.bytes === undefined ? drawn : { ...drawn, bytes: readFileSync(job.bytes) };
  writeSync(journal, String(i).padEnd(12), 0);
  const { reading, cost, fault } = await session.take(reader, input);
  count(reader.name, seed, cost.cpu, cost.memory, reading.code !== 0);
  if (fault !== undefined) {
    const kind = `${reader.name}: ${kindOf(fault)}`;
    const times = (found.get(kind) ?? 0) + 1;
    found.set(kind, times);
    const bytes = times > 1 || /^took/.test(fault) ? input.bytes : await smaller(session, reader, input, fault);
    const finding: Finding = { seed, reader: reader.name, how: input.how, fault, kind, input: shown(bytes) };
    if (times <= 3) say({ type: "finding", finding });
    else say({ type: "again", kind });
  }
  if (++since >= 200) report();
}
report();
session.close();
writeSync(journal, "done".padEnd(12), 0);
closeSync(journal);
closeSync(log);
process.exit(0);

/** A fault of the drawing is none of a reader. */
function draw(seed: number, reader: Reader, seeds: readonly Seed[]): Input {
  try {
    return drawInput(seed, reader, seeds);
  } catch (error) {
    console.error(`seed ${seed}, ${reader.name}:`, error);
    process.exit(ownFault);
  }
}

/** As a text where it is one. */
function shown(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  const isText = Buffer.from(text).equals(Buffer.from(bytes));
  const all = isText ? JSON.stringify(text) : `base64 ${Buffer.from(bytes).toString("base64")}`;
  return all.length > 1500 ? `${all.slice(0, 1500)}… (${bytes.length} bytes)` : all;
}
