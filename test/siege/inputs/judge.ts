import { gunzipSync } from "node:zlib";
import type { Cost } from "./measure.ts";
import type { Input, Reader, Reading } from "./reader.ts";

/** What every input is held to. */
export const bounds = {
  /** Milliseconds of CPU time. */
  cpu: 2000,
  /** Bytes, beside those for each byte of the input. */
  memory: 200e6,
  /** Bytes for each byte of the input; packed bytes may be many. */
  memoryPerByte: 100,
  /** Characters that are printed when an input is refused. */
  message: 5000,
};

const unsafe = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
const classes = /\b(?:(?:Type|Range|Reference|Assertion|Syntax|Internal|Zod)Error|ERR_[A-Z_]+)\b/;
/** Exit codes: finished, failed, misuse, interrupted. */
const codes = [0, 1, 2, 130];

/** What is wrong with how an input was read; undefined if nothing is. */
export function fault(
  reader: Reader,
  { bytes, truncated, flippedBits, seed }: Input,
  { code, printed, value }: Reading,
  whole: string | undefined,
): string | undefined {
  if (!codes.includes(code)) return `the exit code is ${code}`;
  if (/^\s+at .*(?::\d+:\d+|\(native\)|<anonymous>)\)?$/m.test(printed)) return `a stack: ${printed.slice(0, 600)}`;
  const found = unsafe.exec(printed.replaceAll("\n", ""));
  if (found !== null)
    return `printed U+${found[0].codePointAt(0)?.toString(16)}: ${JSON.stringify(printed.slice(0, 300))}`;
  if (code !== 0) {
    const given = textOf(bytes);
    for (const pattern of [classes, /\bundefined\b/, /\[object \w+\]/]) {
      const [word] = pattern.exec(printed) ?? [];
      if (word !== undefined && !given.includes(word)) return `the message says ${word}: ${printed.slice(0, 400)}`;
    }
    if (code !== 130 && /^\s*$/.test(printed) && printed !== "") return "refused without a message";
    if (printed.length > bounds.message && !reader.echoes)
      return `the message has ${printed.length} characters: ${printed.slice(0, 200)}`;
    return undefined;
  }
  if (value === undefined || whole === undefined || value === whole) return undefined;
  if (truncated && seed.knowsItsEnd) return `read although its end is missing: ${value.slice(0, 200)}`;
  if (flippedBits === 1 && reader.keepsShapes) return `a bit gave other arrays: ${value.slice(0, 200)}`;
  return undefined;
}

/** What is wrong with what an input cost. */
export function costFault({ bytes }: Input, { cpu, memory }: Cost): string | undefined {
  if (cpu > bounds.cpu) return `took ${cpu.toFixed()} ms for ${bytes.length} bytes`;
  const most = bounds.memory + bounds.memoryPerByte * bytes.length;
  if (memory > most) return `took ${(memory / 1e6).toFixed()} MB for ${bytes.length} bytes`;
  return undefined;
}

function textOf(bytes: Uint8Array): string {
  try {
    return Buffer.from(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("latin1");
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}
