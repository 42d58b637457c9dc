import type { Graph, Source } from "../graph.ts";

/** The number that `of` keeps as `key`: see `hostScalar`. */
type NumberKey = Pick<Extract<Source, { readonly kind: "host" }>, "of" | "key">;

/**
 * Numbers that a program reads anew at every run, such as a learning rate. A step that sets one does so when it is traced
 * and at no other run, and no comparison of traces shows it: so they are looked at before and after.
 */
export class HostNumbers {
  readonly #noted = new Map<object, Map<string, unknown>>();

  /** @param earlier a graph of the same step, which tells what to look at before the step runs */
  constructor(earlier?: Graph) {
    for (const { inputs } of earlier?.nodes ?? []) {
      for (const { source } of inputs.map(({ buffer }) => buffer)) if (source.kind === "host") this.note(source);
    }
  }

  /** Notes what the number is now, unless it was noted before. */
  note({ of, key }: NumberKey): void {
    const known = this.#noted.get(of) ?? new Map<string, unknown>();
    if (known.has(key)) return;
    const { object, at } = holderOf({ of, key });
    this.#noted.set(of, known.set(key, object[at]));
  }

  /** Those that are others than they were, in words; they are put back. */
  restore(): string[] {
    return [...this.#noted].flatMap(([of, values]) =>
      [...values].flatMap(([key, value]) => {
        const { object, at } = holderOf({ of, key });
        const now = object[at];
        if (Object.is(now, value)) return [];
        object[at] = value;
        return [`${key} from ${value} to ${now}`];
      }),
    );
  }
}

/** Where a number stands: `betas[0]` is the first of the list `betas`. */
function holderOf({ of, key }: NumberKey): { readonly object: Record<string, unknown>; readonly at: string } {
  const [name, index] = key.split(/[[\]]/);
  const object = of as Record<string, unknown>;
  if (index === undefined) return { object, at: name };
  return { object: Object(object[name]) as Record<string, unknown>, at: index };
}
