/** Milliseconds between two reports. */
const interval = 200;

/** Says five times a second that it is time to report how far reading has come. */
export class Pace {
  private last = performance.now();

  isDue(): boolean {
    const now = performance.now();
    if (now - this.last < interval) return false;
    this.last = now;
    return true;
  }
}
