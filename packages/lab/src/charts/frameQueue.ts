/** Work on charts takes at most so long in a frame, or one chart; the rest waits for the next frame. */
const budget = 6;

/**
 * Draws charts in animation frames, each at most once a frame. Where many change at once, they are
 * drawn over several frames, so that the page answers in between.
 */
export class FrameQueue {
  readonly #waiting = new Set<() => void>();
  readonly #request: (run: () => void) => void;
  readonly #now: () => number;
  #requested = false;

  constructor(request: (run: () => void) => void, now: () => number) {
    this.#request = request;
    this.#now = now;
  }

  /** Draws in the next frames. What waits already keeps its place. */
  add(draw: () => void): void {
    this.#waiting.add(draw);
    this.#ask();
  }

  remove(draw: () => void): void {
    this.#waiting.delete(draw);
  }

  #ask(): void {
    if (this.#requested) return;
    this.#requested = true;
    this.#request(() => this.#run());
  }

  #run(): void {
    this.#requested = false;
    const began = this.#now();
    for (const draw of [...this.#waiting]) {
      this.#waiting.delete(draw);
      draw();
      if (this.#now() - began >= budget) break;
    }
    if (this.#waiting.size > 0) this.#ask();
  }
}

/** The queue of the page. */
export const frames = new FrameQueue(
  (run) => requestAnimationFrame(run),
  () => performance.now(),
);
