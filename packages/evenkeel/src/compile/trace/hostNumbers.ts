import type { Graph, Source } from "../graph.ts";

/** The number `of[key]`: see `hostScalar`. */
type NumberKey = Pick<Extract<Source, { readonly kind: "host" }>, "of" | "key">;

/**
 * Numbers that a program reads at every run, such as a learning rate. A step that sets one would do
 * so only while it is traced, which no comparison of traces shows: so they are compared before and
 * after.
 */
export class HostNumbers {
  readonly #noted = new Map<object, Map<string, unknown>>();

  /** @param earlier a graph of the same step, whose numbers are noted before the step runs */
  constructor(earlier?: Graph) {
    for (const { inputs } of earlier?.nodes ?? []) {
      for (let i = 0; i < inputs.length; i++) {
        const { source } = inputs[i].buffer;
        if (source.kind === "host") this.note(source);
      }
    }
  }

  /** Records the current value of a number, unless it was recorded before. */
  note({ of, key }: NumberKey): void {
    const known = this.#noted.get(of) ?? new Map<string, unknown>();
    if (known.has(key)) return;
    const { object, at } = holderOf({ of, key });
    this.#noted.set(of, known.set(key, object[at]));
  }

  /** Describes the numbers that have changed, and restores them. */
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

/** The location of a number: `betas[0]` is the first item of the list `betas`. */
function holderOf({ of, key }: NumberKey): { readonly object: Record<string, unknown>; readonly at: string } {
  const [name, index] = key.split(/[[\]]/);
  const object = of as Record<string, unknown>;
  if (index === undefined) return { object, at: name };
  return { object: Object(object[name]) as Record<string, unknown>, at: index };
}
