import { wrongState } from "../../core/index.ts";
import type { TrainingEvent } from "./events.ts";
import type { History } from "./history.ts";

/** Who gets the events of a training. */
interface Listener<K extends string> {
  /** Calls the callback that there is for an event. */
  readonly call: (event: TrainingEvent<K>) => unknown;
  /** Told of an event that the body of a loop gets. */
  readonly handedOut: (event: TrainingEvent<K>) => void;
}

/**
 * A running training. Await it for its history, or loop over its events and await it afterwards:
 * ```ts
 * const training = fit(model, options);
 * for await (const event of training) if (event.type === "epoch") console.log(event.epoch, event.train.loss);
 * const history = await training;
 * ```
 * In a loop the training waits for the loop's body, which may look at the model or change the
 * learning rate; leaving the loop ends the training as an abort does. The loop must begin in the
 * same turn in which `fit` was called: otherwise the training has begun by itself.
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
    // Whoever asks for several events at once gets them one after the other.
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

  /** Runs to the end; failures go into the history's promise. */
  async #finish(): Promise<void> {
    this.#begun = true;
    try {
      await this.#advance(true);
    } catch {}
  }

  /**
   * Goes on to the next event, or through all that are left. Awaits promises alone: a batch can
   * take less than a turn.
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
      // A callback that throws ends the training; its `finally` blocks set the modes back.
      this.#events.return(undefined as never);
      this.#reject(error);
      throw error;
    }
  }
}
