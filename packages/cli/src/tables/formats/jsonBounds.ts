import { wholeText } from "../../shell/figures.ts";
import {
  type Allowed,
  allowColumns,
  allowRecord,
  longestRecordOf,
  longestRecordText,
  mostDatabaseColumns,
  mostDepth,
} from "../limits.ts";
import { type TableReadError, unreadable } from "../readError.ts";
import { unpacked } from "./bytes.ts";
import type { Head } from "./head.ts";
import { unpacksTooFar } from "./limited.ts";
import { type SourceFile, unpackLimit, type Wanted } from "./unpackLimit.ts";

const [lineFeed, quote, comma, backslash] = [10, 34, 44, 92];
const [openList, closeList, openObject, closeObject] = [91, 93, 123, 125];

/**
 * Looks how deep a JSON file is nested, how long its rows are and how many keys it has, before a
 * native parser sees it: a file from a stranger must not end the process, nor take all memory.
 *
 * @throws TableReadError if it is more than a table has
 */
export async function checkJson(
  file: SourceFile,
  { compression }: Pick<Head, "compression">,
  signal: AbortSignal | undefined,
  { columns, limit = Number.POSITIVE_INFINITY }: Wanted = {},
): Promise<void> {
  const bounds = new JsonBounds(file);
  for await (const bytes of unpacked(file, compression, () => {})) {
    signal?.throwIfAborted();
    const excess = bounds.take(bytes);
    if (excess !== undefined) throw tooMuch(file, excess);
  }
  // Each row has a place for every key, also where each key is in one row only.
  const values = Math.min(bounds.rows, limit) * Math.min(bounds.keyCount, columns?.length ?? Number.POSITIVE_INFINITY);
  const most = await unpackLimit(file);
  if (8 * values > most) throw unpacksTooFar(file.name, most);
}

/** What there is too much of, and the byte where that shows, counted from 0. */
export interface Excess {
  readonly of: "depth" | "length" | "keys";
  readonly at: number;
}

function tooMuch(file: SourceFile, { of, at }: Excess): TableReadError {
  const { name, maxColumns = mostDatabaseColumns } = file;
  const place = `at its byte ${at + 1}`;
  const statement = {
    depth: `${name} is nested more than ${mostDepth} deep ${place}`,
    length: `${name} has a row of more than ${longestRecordText(file)}, which begins ${place}`,
    keys: `${name} has more than ${wholeText(maxColumns)} different keys, the next ${place}`,
  }[of];
  const cure = { depth: undefined, length: allowRecord, keys: allowColumns }[of];
  const table = "a table is a list of objects of plain values";
  return unreadable("damaged-file", statement, cure === undefined ? table : `${table}; if this is one, ${cure}`);
}

/**
 * Counts what is open, how long the row is, and which keys there are, part by part of a text. Keys
 * of nested objects count by their path, for DuckDB makes a type of all of them.
 */
export class JsonBounds {
  /** Bytes of the parts before. */
  private before = 0;
  /** Objects that stand where rows do. */
  rows = 0;
  private depth = 0;
  /** Where rows stand: in a list, or one behind the other. */
  private rowDepth = -1;
  private rowStart = 0;
  private inText = false;
  private isEscaped = false;
  private isKey = false;
  private mayBeKey = false;
  /** Of the text of the key. */
  private hash = 0;
  private other = 0;
  /** What is open, by its depth: objects as 1, and where they stand. */
  private readonly objects = new Uint8Array(mostDepth + 1);
  private readonly paths = new Float64Array(mostDepth + 1);
  /** Where the next value stands. */
  private path = 0;
  /** Paths of keys. Two that are taken for one do no harm. */
  private readonly keys = new Set<number>();
  private readonly longest: number;
  private readonly mostKeys: number;

  constructor(allowed: Pick<Allowed, "maxColumns" | "maxRecord"> = {}) {
    this.longest = longestRecordOf(allowed);
    this.mostKeys = allowed.maxColumns ?? mostDatabaseColumns;
  }

  /** What of these bytes is too much, if anything is. */
  take(bytes: Uint8Array): Excess | undefined {
    const { before, objects, paths, longest } = this;
    let { depth, rowDepth, rowStart, inText, isEscaped, isKey, mayBeKey, hash, other } = this;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (inText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        // A text ends with its line at the latest: no JSON has line ends in texts.
        else if (byte === quote || byte === lineFeed) {
          inText = false;
          if (isKey && !this.knows(paths[depth], hash, other)) return { of: "keys", at: before + i };
          isKey = false;
          continue;
        }
        if (isKey) {
          hash = Math.imul(hash ^ byte, 0x01000193);
          other = Math.imul(other ^ byte, 0x5bd1e995);
        }
        continue;
      }
      switch (byte) {
        case quote:
          inText = true;
          isKey = mayBeKey;
          mayBeKey = false;
          [hash, other] = [0x811c9dc5, 0x2f0b4c47];
          break;
        case openList:
        case openObject:
          if (rowDepth < 0) rowDepth = byte === openList ? 1 : 0;
          if (depth === mostDepth) return { of: "depth", at: before + i };
          if (depth <= rowDepth) rowStart = before + i + (depth < rowDepth ? 1 : 0);
          if (depth === rowDepth) this.rows++;
          depth++;
          objects[depth] = byte === openObject ? 1 : 0;
          paths[depth] = this.path;
          mayBeKey = byte === openObject;
          break;
        case closeList:
        case closeObject:
          if (depth === 0) break;
          depth--;
          this.path = paths[depth];
          mayBeKey = false;
          if (depth <= rowDepth) {
            // The bracket of a row belongs to it, that behind the last one does not.
            const end = before + i + (depth === rowDepth ? 1 : 0);
            if (end - rowStart > longest) return { of: "length", at: rowStart };
            rowStart = before + i + 1;
          }
          break;
        case comma:
          mayBeKey = objects[depth] === 1;
          if (!mayBeKey) this.path = paths[depth];
          if (depth > rowDepth) break;
          if (before + i - rowStart > longest) return { of: "length", at: rowStart };
          rowStart = before + i + 1;
          break;
        default:
          if (byte > 32 || depth > rowDepth) break;
          if (before + i - rowStart > longest) return { of: "length", at: rowStart };
          rowStart = before + i + 1;
      }
    }
    if (before + bytes.length - rowStart > longest) return { of: "length", at: rowStart };
    this.before += bytes.length;
    Object.assign(this, { depth, rowDepth, rowStart, inText, isEscaped, isKey, mayBeKey, hash, other });
    return undefined;
  }

  /** Different keys so far. */
  get keyCount(): number {
    return this.keys.size;
  }

  /** Whether a key is not one too many. */
  private knows(parent: number, hash: number, other: number): boolean {
    const low = Math.imul((parent | 0) ^ hash, 0x01000193) >>> 0;
    const high = (Math.imul(Math.floor(parent / 2 ** 32) ^ other, 0x5bd1e995) >>> 0) & 0x1fffff;
    this.path = high * 2 ** 32 + low;
    this.keys.add(this.path);
    return this.keys.size <= this.mostKeys;
  }
}
