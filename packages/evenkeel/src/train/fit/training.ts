import { wrongState } from "../../core/index.ts";
import type { TrainingEvent } from "./events.ts";
import type { History } from "./history.ts";

/** The receiver of a training's events. */
interface Listener<K extends string> {
  /** Calls the callback for an event. */
  readonly call: (event: TrainingEvent<K>) => unknown;
  /** Called after the body of a loop has handled an event. */
  readonly handedOut: (event: TrainingEvent<K>) => void;
}

/**
 * A running training. Await it for its history, or loop over its events and await it afterwards:
 * ```ts
 * const training = fit(model, options);
 * for await (const event of training) if (event.type === "epoch") console.log(event.epoch, event.train.loss);
 * const history = await training;
 * ```
 * The training waits for the loop's body, which may read the model or change the learning rate.
 * Leaving the loop ends the training as an abort does. The loop must begin in the turn of the event
 * loop in which `fit` was called, because the training then starts by itself.
 */
export class Training<K extends string = never> implements PromiseLike<History<K>>, AsyncIterable<TrainingEvent<K>> {
  readonly #events: Generator<TrainingEvent<K> | Promise<void>, History<K>, undefined>;
  readonly #cancel: () => void;
  readonly #listener: Listener<K>;
  readonly #history: Promise<History<K>>;
  #resolve!: (history: History<K>) => void;
  #reject!: (error: unknown) => void;
  #begun = false;

  /** @internal Made by `fit`. */
  constructor(
    events: Generator<TrainingEvent<K> | Promise<void>, History<K>, undefined>,
    cancel: () => void,
    listener: Listener<K>,
  ) {
    this.#events = events;
    this.#cancel = cancel;
    this.#listener = listener;
    this.#history = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    queueMicrotask(() => {
      if (!this.#begun) this.#finish();
    });
  }

  /** Resolves to the history, also of an aborted training; rejects if the training failed. */
  // biome-ignore lint/suspicious/noThenProperty: a training is awaited
  then<A = History<K>, B = never>(
    onFulfilled?: ((history: History<K>) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#history.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<History<K> | B> {
    return this.#history.catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<History<K>> {
    return this.#history.finally(onFinally);
  }

  /** @throws Error if the training has begun: it can be followed from its start only, and once */
  [Symbol.asyncIterator](): AsyncIterableIterator<TrainingEvent<K>> {
    if (this.#begun) {
      throw wrongState(
        "",
        "this training has begun already",
        "loop over its events in the same turn in which fit() was called, and once, or pass callbacks such as onEpoch",
      );
    }
    this.#begun = true;
    this.#history.catch(() => {}); // the loop throws it
    // Several events that are requested at once are delivered one after the other.
    let last: Promise<unknown> = Promise.resolve();
    const iterator: AsyncIterableIterator<TrainingEvent<K>> = {
      next: () => {
        const next = last.then(() => this.#advance());
        last = next.catch(() => {});
        return next as Promise<IteratorResult<TrainingEvent<K>>>;
      },
      return: async () => {
        this.#cancel();
        await this.#finish();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** Runs to the end; an error rejects the history's promise. */
  async #finish(): Promise<void> {
    this.#begun = true;
    try {
      await this.#advance(true);
    } catch {}
  }

  /**
   * Advances to the next event, or through all that are left. It awaits nothing but promises,
   * because a batch can take less than a turn of the event loop.
   */
  async #advance(toEnd = false): Promise<IteratorResult<TrainingEvent<K>, undefined>> {
    try {
      for (;;) {
        const item = this.#events.next();
        if (item.done) {
          if (item.value !== undefined) this.#resolve(item.value);
          return { done: true, value: undefined };
        }
        const { value } = item;
        const waits = value instanceof Promise ? value : this.#listener.call(value);
        if (waits !== undefined) await waits;
        if (toEnd || value instanceof Promise) continue;
        this.#listener.handedOut(value);
        return { value };
      }
    } catch (error) {
      // A callback that throws ends the training; its `finally` blocks restore the modes.
      this.#events.return(undefined as never);
      this.#reject(error);
      throw error;
    }
  }
}
