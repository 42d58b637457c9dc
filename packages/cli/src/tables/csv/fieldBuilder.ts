import type { Finished } from "../columns/columnBuilder.ts";
import { areFreeTexts, freeTextsNote, mostTexts } from "../columns/manyTexts.ts";
import type { FieldBlock } from "./fieldBlock.ts";
import { LooseNumbers } from "./looseNumbers.ts";
import { NumberFields } from "./numberFields.ts";
import { TextFields } from "./textFields.ts";

/**
 * A column with more different numbers is one of numbers, in whatever way they are written: 100,000,
 * but fewer in a table of many columns, down to 1000.
 */
export function mostNumbers(columns: number): number {
  return Math.min(100_000, Math.max(1000, Math.floor(1_000_000 / columns)));
}

/** Different texts among numbers that make a column one of texts. */
const mostOthers = 1000;

/**
 * Makes a column of fields. What they mean is not decided here: it is a column of numbers where the
 * texts can be had again from these, and else one of texts.
 */
export class FieldBuilder {
  private readonly name: string;
  private fields: NumberFields | TextFields | LooseNumbers = new NumberFields();
  /** What was decided when the texts became many. */
  private state: "few" | "many" | "kept" | "given up";

  private readonly most: number;

  /**
   * @param most different numbers that are kept with their texts
   * @param carried whether every text is wanted as it stands, however many there are
   */
  constructor(name: string, most: number, carried: boolean) {
    this.most = carried ? Number.POSITIVE_INFINITY : most;
    this.name = name;
    this.state = carried ? "kept" : "few";
  }

  /** Appends the fields of a column of the block, from row `start` up to row `end`. */
  append(block: FieldBlock, column: number, start: number, end: number): void {
    if (this.state === "given up") return;
    this.fields.append(block, column, start, end);
    this.settle();
  }

  /** Overwrites what was appended at a position. */
  replace(position: number, block: FieldBlock, column: number, row: number): void {
    if (this.state === "given up") return;
    this.fields.replace(position, block, column, row);
    this.settle();
  }

  /** Keeps the fields in another way where they turn out to be texts, or too many of them. */
  private settle(): void {
    if (this.fields instanceof NumberFields) {
      if (this.fields.others > mostOthers) this.fields = this.fields.asTexts();
      else {
        const numbers = this.fields.asNumbers(this.most);
        if (numbers !== undefined) this.fields = new LooseNumbers(this.name, numbers.values, numbers.points);
      }
    }
    if (!(this.fields instanceof TextFields)) return;
    if (this.state === "few" && this.fields.size > this.most) {
      this.state = "many";
      this.fields = LooseNumbers.of(this.name, this.fields) ?? this.fields;
    } else if (this.state === "many" && this.fields.size > mostTexts) {
      this.state = areFreeTexts(this.fields.texts()) ? "given up" : "kept";
      if (this.state === "given up") this.fields = new NumberFields();
    }
  }

  /** The column, its rows in this order where one is given; none where a note says why. */
  finish(order?: Int32Array): Finished {
    const { name, fields } = this;
    if (this.state === "given up") return { notes: [freeTextsNote(name)] };
    if (fields instanceof NumberFields) {
      return { column: fields.column(name, this.most, order), notes: [] };
    }
    return { column: fields instanceof LooseNumbers ? fields.column(order) : fields.column(name, order), notes: [] };
  }
}
