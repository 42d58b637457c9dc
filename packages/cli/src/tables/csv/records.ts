import type { IsUtf8 } from "../formats/head.ts";
import { type Allowed, allowRecord, longestRecordOf, longestRecordText } from "../limits.ts";
import { type TableReadError, unreadable } from "../readError.ts";
import type { FieldBlock } from "./fieldBlock.ts";
import { LineMap } from "./lineMap.ts";

interface RecordOptions extends Pick<Allowed, "maxRecord"> {
  /** As people know the file. */
  readonly name: string;
  /** One character. */
  readonly delimiter: string;
  /** Fields of each record. */
  readonly columns: number;
  /** Lines at the beginning that hold no records. */
  readonly skip: number;
  /** Records behind them that are no rows, such as names. */
  readonly head: number;
  /** The line that the bytes begin with, from 1; 1 unless given. */
  readonly line?: number;
  /** Records at the end that are no rows, such as totals. */
  readonly foot: number;
  readonly isUtf8: IsUtf8;
}

/** The bytes are in another encoding. */
export class InvalidUtf8 extends Error {
  constructor() {
    super("invalid UTF-8");
  }
}

const [lineFeed, carriageReturn, quote] = [10, 13, 34];

/**
 * Cuts bytes of UTF-8 into records and fields. A quoted field may hold delimiters, line ends, and
 * quotes that are written twice; lines end with LF, CR LF or CR; empty lines are no records.
 */
export class Records {
  /** In which line each row begins. */
  readonly lines = new LineMap();
  /** How many empty lines stand between records. */
  blankLines = 0;
  /** Those behind the last record so far: another may follow. */
  private blankBehind = 0;
  /** Whether there has been a record. */
  private begun = false;
  private readonly options: RecordOptions;
  private readonly delimiter: Uint8Array;
  /** Bytes that a field without quotes may end at. */
  private readonly stops = new Uint8Array(256);
  private buffer = new Uint8Array(1 << 12);
  /** How much of the buffer is filled. */
  private filled = 0;
  /** How much of that has been given away. */
  private used = 0;
  /** The line that begins there; the first is 1. */
  private line = 1;
  private starts = new Int32Array(1 << 12);
  private ends = new Int32Array(1 << 12);
  /** The fields with quotes that are written twice. */
  private escaped: number[] = [];
  private heads: number;
  private rows = 0;
  /** Bytes that have come. */
  private taken = 0;
  private failure?: TableReadError;

  constructor(options: RecordOptions) {
    this.options = options;
    this.delimiter = new TextEncoder().encode(options.delimiter);
    for (const byte of [this.delimiter[0], lineFeed, carriageReturn]) this.stops[byte] = 1;
    this.heads = options.head;
    this.line = options.line ?? 1;
  }

  /**
   * Where the first record begins that was not given yet: its byte, counted from the first that came,
   * its line, and how many rows are before it. Undefined above the first row.
   */
  get place(): { readonly offset: number; readonly line: number; readonly rows: number } | undefined {
    if (this.heads > 0 || this.line <= this.options.skip) return undefined;
    return { offset: this.taken - this.filled + this.used, line: this.line, rows: this.rows };
  }

  /**
   * The rows that are complete with these bytes. They are valid until the next call.
   *
   * @throws TableReadError naming the line of the record that follows the rows given so far
   */
  take(bytes: Uint8Array): FieldBlock {
    this.buffer.copyWithin(0, this.used, this.filled);
    this.filled -= this.used;
    this.used = 0;
    if (this.filled + bytes.length >= this.buffer.length) {
      const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.filled + bytes.length + 1));
      larger.set(this.buffer.subarray(0, this.filled));
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.filled);
    this.filled += bytes.length;
    this.taken += bytes.length;
    return this.cut(false);
  }

  /** The rest, whose last line need not end; `check` says whether that is all. */
  end(): FieldBlock {
    return this.cut(true);
  }

  /** @throws TableReadError if a record behind the last rows is not right */
  check(): void {
    if (this.failure) throw this.failure;
  }

  private cut(last: boolean): FieldBlock {
    this.check();
    if (!this.skipLines(last)) return this.block(0, 0);
    const { columns, foot, isUtf8 } = this.options;
    const longest = longestRecordOf(this.options);
    const { fields, lines, begins, blanks, fault } = this.tokenize(last);
    const complete = lines.length - 1;
    const most = Math.max(0, complete - foot);
    let kept = 0;
    let count = 0;
    for (; kept < most; kept++) {
      if (begins[kept + 1] - begins[kept] > longest) {
        this.failure = tooLong(this.options, lines[kept]);
        break;
      }
      const found = fields[kept] - count;
      if (found !== columns) {
        this.failure = ragged(this.options.name, lines[kept], found, columns);
        break;
      }
      count = fields[kept];
    }
    if (fault !== undefined && kept === most) this.failure = fault;
    const heads = Math.min(this.heads, kept);
    this.heads -= heads;
    for (let record = heads; record < kept; record++) this.lines.add(this.rows++, lines[record]);
    if (!isUtf8(this.buffer.subarray(this.used, begins[kept]))) throw new InvalidUtf8();
    this.unescape(count);
    this.countBlanks(blanks, kept);
    this.used = begins[kept];
    this.line = lines[kept];
    if (this.filled - begins[complete] > longest) {
      this.failure ??= tooLong(this.options, lines[complete]);
    }
    return this.block(heads, kept - heads);
  }

  private block(heads: number, rows: number): FieldBlock {
    const { columns } = this.options;
    const offset = heads * columns;
    const [starts, ends] = [this.starts, this.ends].map((places) => (offset === 0 ? places : places.subarray(offset)));
    return { bytes: this.buffer, rows, columns, starts, ends };
  }

  /** Whether all lines are skipped that hold no records. */
  private skipLines(last: boolean): boolean {
    while (this.line <= this.options.skip) {
      let at = this.used;
      while (at < this.filled && !isEnd(this.buffer[at])) at++;
      if (at + 1 >= this.filled && !last) return false;
      this.used = Math.min(this.filled, at + (this.isPair(at) ? 2 : 1));
      this.line++;
      if (this.used === this.filled) break;
    }
    return true;
  }

  private isPair(at: number): boolean {
    return this.buffer[at] === carriageReturn && this.buffer[at + 1] === lineFeed && at + 1 < this.filled;
  }

  /** Finds the records that are complete, and with the last one also the end. */
  private tokenize(last: boolean) {
    const { buffer, filled } = this;
    const [delimiter] = this.delimiter;
    const wide = this.delimiter.length;
    /** How many fields there are up to the end of each record. */
    const fields: number[] = [];
    /** In which line, and at which byte, each record begins, and what follows the last. */
    const lines: number[] = [];
    const begins: number[] = [];
    /** How many empty lines stand above it. */
    const blanks: number[] = [];
    let blank = 0;
    this.escaped = [];
    const { stops } = this;
    // Behind the last byte stands an end, so that fields need not look for it.
    buffer[filled] = lineFeed;
    let { used: at, line } = this;
    let field = 0;
    let fault: TableReadError | undefined;
    reading: while (at < filled) {
      const [begin, first] = [at, line];
      let whole = false;
      const before = field;
      while (!whole) {
        if (field === this.starts.length) this.widen();
        let start = at;
        let end: number;
        if (buffer[at] === quote && at < filled) {
          start++;
          at++;
          let twice = false;
          for (; ; at++) {
            const byte = buffer[at];
            if (at >= filled) {
              if (last)
                fault = unreadable("damaged-file", `${this.options.name}, line ${first}: a quote is never closed`);
              lines.push(first);
              begins.push(begin);
              blanks.push(blank);
              return { fields, lines, begins, blanks, fault };
            }
            if (byte === lineFeed || (byte === carriageReturn && buffer[at + 1] !== lineFeed)) line++;
            if (byte !== quote) continue;
            if (at + 1 >= filled || buffer[at + 1] !== quote) break;
            twice = true;
            at++;
          }
          end = at++;
          if (twice) this.escaped.push(field);
        } else {
          while (stops[buffer[at]] === 0 || (wide > 1 && buffer[at] === delimiter && !this.delimits(at))) at++;
          if (at > filled) at = filled;
          end = at;
        }
        const stop = at < filled ? buffer[at] : -1;
        // What follows a carriage return, a quote, or the first byte of a delimiter of several is not
        // known at the end of what came so far.
        const needed = stop === carriageReturn ? 2 : stop === delimiter ? wide : 1;
        if (!last && at + needed > filled) {
          lines.push(first);
          begins.push(begin);
          blanks.push(blank);
          return { fields, lines, begins, blanks, fault };
        }
        this.starts[field] = start;
        this.ends[field] = end;
        field++;
        if (stop === delimiter && (wide === 1 || this.delimits(at))) at += wide;
        else if (stop < 0 || isEnd(stop)) {
          whole = true;
          at += stop < 0 ? 0 : this.isPair(at) ? 2 : 1;
          line++;
        } else {
          const why = 'a quote stands inside a quoted field, where it is written twice ("")';
          fault = unreadable("damaged-file", `${this.options.name}, line ${first}: ${why}`);
          lines.push(first);
          begins.push(begin);
          blanks.push(blank);
          break reading;
        }
      }
      // An empty line.
      if (field === before + 1 && this.starts[before] === begin && this.ends[before] === begin) {
        field = before;
        blank++;
      } else {
        fields.push(field);
        lines.push(first);
        begins.push(begin);
        blanks.push(blank);
      }
    }
    if (fault === undefined) {
      lines.push(line);
      begins.push(at);
      blanks.push(blank);
    }
    return { fields, lines, begins, blanks, fault };
  }

  private countBlanks(blanks: readonly number[], kept: number): void {
    if (kept === 0) {
      this.blankBehind += blanks[0];
      return;
    }
    this.blankLines += blanks[kept - 1] - (this.begun ? -this.blankBehind : blanks[0]);
    this.blankBehind = blanks[kept] - blanks[kept - 1];
    this.begun = true;
  }

  private delimits(at: number): boolean {
    return this.delimiter.every((byte, i) => this.buffer[at + i] === byte);
  }

  private widen(): void {
    const [starts, ends] = [this.starts, this.ends].map((places) => {
      const wider = new Int32Array(2 * places.length);
      wider.set(places);
      return wider;
    });
    this.starts = starts;
    this.ends = ends;
  }

  /** Writes quotes that stand twice once, in the fields up to this one. */
  private unescape(fields: number): void {
    for (const field of this.escaped) {
      if (field >= fields) return;
      let to = this.starts[field];
      for (let at = to; at < this.ends[field]; at++) {
        this.buffer[to++] = this.buffer[at];
        if (this.buffer[at] === quote) at++;
      }
      this.ends[field] = to;
    }
  }
}

function isEnd(byte: number): boolean {
  return byte === lineFeed || byte === carriageReturn;
}

function tooLong(options: RecordOptions, line: number): TableReadError {
  return unreadable(
    "damaged-file",
    `${options.name} has a line longer than ${longestRecordText(options)}, line ${line}`,
    `is a quote not closed, or is it no CSV file? else ${allowRecord}`,
  );
}

function ragged(name: string, line: number, found: number, columns: number): TableReadError {
  const fields = `${found} ${found === 1 ? "field" : "fields"}`;
  const lines =
    columns === 1
      ? "if lines stand above the header, leave them out with --skip; "
      : found === 1
        ? "if it is a footer, leave it out with --skip-footer; "
        : "";
  return unreadable(
    "damaged-file",
    `${name}, line ${line}: it has ${fields}, expected ${columns} as in the first line`,
    `${lines}if the delimiter is wrong, name it with --delimiter`,
  );
}
