import { formatShape, refuse, sameShape } from "../../core/index.ts";
import type { EncodedRows } from "../encoding/fittedPreprocessing.ts";
import { CompiledForward } from "./forward.compiled.ts";
import { EagerForward } from "./forward.eager.ts";
import { blockRows, type Forward, type State } from "./forward.ts";
import { embeddingTables, evalLayersOf, inputWidth, type StateEntry, stateEntries } from "./layers.ts";
import type { NetworkSize, ResolvedNetwork } from "./networkOptions.ts";

/** What weights can be taken from: a `TabularNet`, or a network that is frozen already. */
export interface NetworkSource {
  readonly size: NetworkSize;
  readonly options: ResolvedNetwork;
  stateDict(): State;
}

/**
 * A network as it predicts: the layers of a {@link TabularNet} in eval mode and a copy of its
 * state. It neither learns nor changes; `networkOf` makes one of it that does.
 */
export class FrozenNetwork implements NetworkSource {
  readonly size: NetworkSize;
  readonly options: ResolvedNetwork;
  readonly #state: State;
  readonly #compile: boolean;
  #forward: Forward | undefined;

  /**
   * @param compile whether it runs as WebAssembly
   * @throws RangeError listing what is missing in the state, unexpected, or of another shape
   */
  constructor(size: NetworkSize, options: ResolvedNetwork, state: State, compile = true) {
    this.size = size;
    this.options = options;
    this.#state = copyState(stateEntries(size, options), state);
    this.#compile = compile;
  }

  /** A copy of what `network` is now; one that is frozen stays the same. */
  static of(network: NetworkSource): FrozenNetwork {
    if (network instanceof FrozenNetwork) return network;
    return new FrozenNetwork(network.size, network.options, network.stateDict());
  }

  /** The arrays of the state, under the names that the network's own state dict has. */
  stateDict(): State {
    return this.#state;
  }

  /** Compiles in the background; without it, the first prediction compiles. */
  prepare(): Promise<void> {
    return this.#program().prepare();
  }

  /** [count, outputs]: what the network says of rows. */
  output(encoded: EncodedRows, count: number): Float32Array {
    const { outputs } = this.size;
    const result = new Float32Array(count * outputs);
    const atOnce = blockRows(this.options.members);
    for (let start = 0; start < count; start += atOnce) {
      const program = this.#program();
      const rows = Math.min(atOnce, count - start);
      this.#fill(program.input, encoded, start, rows);
      program.run(rows);
      result.set(program.output.subarray(0, rows * outputs), start * outputs);
    }
    return result;
  }

  /**
   * Writes what the layers are given for some rows: their numeric inputs, and the embedded
   * categories behind them.
   */
  #fill(input: Float32Array, { x, codes }: EncodedRows, start: number, rows: number): void {
    const { features } = this.size;
    const width = inputWidth(this.size, this.options);
    for (let row = 0; row < rows; row++) {
      const [from, to] = [(start + row) * features, row * width];
      for (let i = 0; i < features; i++) input[to + i] = x[from + i];
    }
    if (codes === undefined) return;
    const tables = embeddingTables(this.size, this.options);
    let behind = features;
    for (const [column, table] of tables.entries()) {
      const { data } = this.#state[`embeddings.${column}.weight`];
      for (let row = 0; row < rows; row++) {
        const from = codes[(start + row) * tables.length + column] * table.width;
        const to = row * width + behind;
        for (let i = 0; i < table.width; i++) input[to + i] = data[from + i];
      }
      behind += table.width;
    }
  }

  #program(): Forward {
    const Run = this.#compile ? CompiledForward : EagerForward;
    const { size, options } = this;
    this.#forward ??= new Run(
      { layers: evalLayersOf(size, options), rows: blockRows(options.members), inputs: inputWidth(size, options) },
      this.#state,
    );
    return this.#forward;
  }
}

/** The state in arrays of its own, floats of 32 bits but for counters. */
function copyState(entries: readonly StateEntry[], state: State): State {
  const names = new Set(entries.map(({ name }) => name));
  const missing = entries.filter(({ name }) => !Object.hasOwn(state, name)).map(({ name }) => name);
  const unexpected = Object.keys(state).filter((name) => !names.has(name));
  const misfits = entries.flatMap(({ name, shape }) => {
    if (!Object.hasOwn(state, name) || sameShape(state[name].shape, shape)) return [];
    return [`${quoted(name)} has shape ${formatShape(state[name].shape)}, expected ${formatShape(shape)}`];
  });
  const others = misfits.length > mostNames ? [`${misfits.length - mostNames} more have other shapes`] : [];
  const problems = [
    ...listed("missing", missing),
    ...listed("unexpected", unexpected),
    ...misfits.slice(0, mostNames),
    ...others,
  ];
  if (problems.length > 0) throw refuse("wrong-value", "", problems.join("; "));
  return Object.fromEntries(
    entries.map(({ name, shape, dtype }) => {
      const values = state[name].data;
      return [name, { shape, dtype, data: dtype === "float64" ? new Float64Array(values) : new Float32Array(values) }];
    }),
  );
}

const quoted = (name: string): string => JSON.stringify(name);

/** Names that an error lists: what else is wrong with a file follows from the first ones. */
const mostNames = 10;

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return [`${what} ${names.slice(0, mostNames).map(quoted).join(", ")}${more}`];
}
