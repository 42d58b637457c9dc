/**
 * In which line of a file each row begins. Rows follow each other line by line, but for blank lines
 * and fields of several: only where the distance changes is anything kept.
 */
export class LineMap {
  private readonly rows: number[] = [];
  private readonly lines: number[] = [];

  /** Rows are added in their order. */
  add(row: number, line: number): void {
    const last = this.rows.length - 1;
    if (last >= 0 && line - row === this.lines[last] - this.rows[last]) return;
    this.rows.push(row);
    this.lines.push(line);
  }

  lineOf(row: number): number {
    let [low, high] = [0, this.rows.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.rows[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return this.lines[low] + row - this.rows[low];
  }
}
