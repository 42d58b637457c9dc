import { parseArgs } from "node:util";
import { compile, F, manualSeed, nn, optim, randn, type Tensor } from "evenkeel";
import { withGradients } from "../packages/evenkeel/src/compile/made.ts";
import { heap } from "../packages/evenkeel/src/compile/memory/heap.ts";
import { layOut } from "../packages/evenkeel/src/compile/memory/layout.ts";
import { optimize } from "../packages/evenkeel/src/compile/passes/index.ts";
import { Program } from "../packages/evenkeel/src/compile/program/program.ts";
import { trace } from "../packages/evenkeel/src/compile/trace/trace.ts";

/**
 * What it costs to make the program of a recurrence that is unrolled: a cell written by hand,
 * `length` steps, backward and Adam in one compiled step. Twice the length should take twice the
 * time. `npx tsx bench/unrolled.ts --help`
 */

const help = `npx tsx bench/unrolled.ts [options]

  --cell rnn,lstm     these alone, of rnn, lstm, gates (an LSTM with 8 layers), gru (all)
  --lengths 5,10      steps of time (1,5,10,25,50,100,200)
  --hidden N          features of the hidden state (32)
  --batch N           rows (16)
  --rounds N          programs made per length; the fastest of each phase counts (5)
  --markdown          print tables for a page
  --help`;

const { values: options } = parseArgs({
  options: {
    cell: { type: "string", default: "rnn,lstm,gates,gru" },
    lengths: { type: "string", default: "1,5,10,25,50,100,200" },
    hidden: { type: "string", default: "32" },
    batch: { type: "string", default: "16" },
    rounds: { type: "string", default: "5" },
    markdown: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const features = 8;

/**
 * One step of time: from the input [N, features] and the states before it to those after it, [N,
 * hidden] each.
 */
abstract class Cell extends nn.Module<[Tensor, readonly Tensor[]], Tensor[]> {
  abstract readonly states: number;
}

class RnnCell extends Cell {
  readonly states = 1;
  input: nn.Linear;
  hidden: nn.Linear;
  constructor(hidden: number) {
    super();
    this.input = new nn.Linear(features, hidden);
    this.hidden = new nn.Linear(hidden, hidden);
  }
  override forward(x: Tensor, [h]: readonly Tensor[]): Tensor[] {
    return [this.input(x).add(this.hidden(h)).tanh()];
  }
}

class LstmCell extends Cell {
  readonly states = 2;
  input: nn.Linear;
  hidden: nn.Linear;
  constructor(hidden: number) {
    super();
    this.input = new nn.Linear(features, 4 * hidden);
    this.hidden = new nn.Linear(hidden, 4 * hidden);
  }
  override forward(x: Tensor, [h, c]: readonly Tensor[]): Tensor[] {
    const [i, f, g, o] = this.input(x).add(this.hidden(h)).chunk(4, 1);
    const next = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
    return [o.sigmoid().mul(next.tanh()), next];
  }
}

/** The same with a layer of its own for each gate and each of its inputs, as textbooks write it. */
class GatesCell extends Cell {
  readonly states = 2;
  inputs: nn.ModuleList<nn.Linear>;
  hiddens: nn.ModuleList<nn.Linear>;
  constructor(hidden: number) {
    super();
    this.inputs = new nn.ModuleList(Array.from({ length: 4 }, () => new nn.Linear(features, hidden)));
    this.hiddens = new nn.ModuleList(Array.from({ length: 4 }, () => new nn.Linear(hidden, hidden)));
  }
  override forward(x: Tensor, [h, c]: readonly Tensor[]): Tensor[] {
    const hiddens = [...this.hiddens];
    const [i, f, g, o] = [...this.inputs].map((input, gate) => input(x).add(hiddens[gate](h)));
    const next = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
    return [o.sigmoid().mul(next.tanh()), next];
  }
}

class GruCell extends Cell {
  readonly states = 1;
  input: nn.Linear;
  hidden: nn.Linear;
  constructor(hidden: number) {
    super();
    this.input = new nn.Linear(features, 3 * hidden);
    this.hidden = new nn.Linear(hidden, 3 * hidden);
  }
  override forward(x: Tensor, [h]: readonly Tensor[]): Tensor[] {
    const [rx, zx, nx] = this.input(x).chunk(3, 1);
    const [rh, zh, nh] = this.hidden(h).chunk(3, 1);
    const z = zx.add(zh).sigmoid();
    const n = nx.add(rx.add(rh).sigmoid().mul(nh)).tanh();
    return [n.add(z.mul(h.sub(n)))];
  }
}

const cells: Readonly<Record<string, new (hidden: number) => Cell>> = {
  rnn: RnnCell,
  lstm: LstmCell,
  gates: GatesCell,
  gru: GruCell,
};

/** A training step over `length` steps of time, and its arguments. */
function training(Kind: new (hidden: number) => Cell, length: number) {
  manualSeed(0);
  const [hidden, batch] = [Number(options.hidden), Number(options.batch)];
  const cell = new Kind(hidden);
  const head = new nn.Linear(hidden, 1);
  const optimizer = new optim.Adam([...cell.parameters(), ...head.parameters()]);
  const step = (inputs: readonly Tensor[], first: Tensor, target: Tensor) => {
    optimizer.zeroGrad();
    let states: Tensor[] = Array.from({ length: cell.states }, () => first);
    for (const x of inputs) states = cell(x, states);
    const loss = F.mseLoss(head(states[0]), target);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const args = [
    Array.from({ length }, () => randn([batch, features])),
    randn([batch, hidden]),
    randn([batch, 1]),
  ] as const;
  return { step, args };
}

function timed<T>(times: Record<string, number>, phase: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  times[phase] = performance.now() - start;
  return result;
}

/** The phases in which `compile` makes a program, one by one. */
function phases(kind: new (hidden: number) => Cell, length: number): Record<string, number> {
  const times: Record<string, number> = {};
  const { step, args } = training(kind, length);
  const traced = timed(times, "trace", () => trace(step as never, args));
  const { tasks, results } = timed(times, "passes", () => {
    const { graph } = withGradients(traced.graph, traced.gradFields);
    return optimize(graph);
  });
  const layout = timed(times, "layout", () => layOut(tasks, results));
  for (const block of layout.blocks) heap().release(block);
  const program = timed(times, "emit", () => new Program(tasks, results, { fast: false, wide: false }));
  timed(times, "module", () => program.instantiate());
  const tensors = [...args[0], args[1], args[2]];
  timed(times, "run 1", () => program.run(tensors));
  timed(times, "run 2", () => program.run(tensors));
  times.run = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    program.run(tensors);
    times.run = Math.min(times.run, performance.now() - start);
  }
  return { nodes: traced.graph.nodes.length, tasks: tasks.length, KiB: program.parts.bytes.length / 1024, ...times };
}

/** From a function to its first result, by the door that users take. */
function firstCall(kind: new (hidden: number) => Cell, length: number): number {
  const { step, args } = training(kind, length);
  const start = performance.now();
  compile(step)(...args);
  return performance.now() - start;
}

function measure(kind: new (hidden: number) => Cell, length: number): Record<string, number> {
  const rounds = Array.from({ length: Number(options.rounds) }, () => ({
    ...phases(kind, length),
    all: firstCall(kind, length),
  })) as Record<string, number>[];
  const fastest = Object.keys(rounds[0]).map((key) => [key, Math.min(...rounds.map((round) => round[key]))]);
  const row = Object.fromEntries(fastest) as Record<string, number>;
  // A program's constructor lays out too.
  return { ...row, emit: Math.max(0, row.emit - row.layout) };
}

if (options.help) console.log(help);
else {
  for (const name of options.cell.split(",")) {
    const kind = cells[name];
    if (kind === undefined) throw new RangeError(`--cell ${name}: expected ${Object.keys(cells).join(", ")}`);
    console.log(`\n${name}, hidden ${options.hidden}, batch ${options.batch}; milliseconds`);
    // What is compiled for the first time is slow: not part of the curve.
    phases(kind, 5);
    for (const [index, length] of options.lengths.split(",").map(Number).entries()) {
      const row = { length, ...measure(kind, length) } as Record<string, number>;
      const keys = Object.keys(row);
      const cell = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1));
      const line = (texts: readonly string[]) =>
        options.markdown ? `| ${texts.join(" | ")} |` : texts.map((text) => text.padStart(8)).join(" ");
      if (index === 0) {
        console.log(line(keys));
        if (options.markdown) console.log(line(keys.map(() => "---:")));
      }
      console.log(line(keys.map((key) => cell(row[key]))));
    }
  }
}
