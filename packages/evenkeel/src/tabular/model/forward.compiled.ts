import { type Shape, type Spec, sizeOf } from "../../core/index.ts";
import { ensembleMatmulFloats } from "../../ops/ensemble/ensembleMatmul.floats.ts";
import { ensembleMeanKernel } from "../../ops/ensemble/ensembleMean.kernel.ts";
import { layerNormFloats } from "../../ops/layerNorm/layerNorm.floats.ts";
import { advance, pointer } from "../../ops/matmul/gemm.problem.ts";
import { floatBytes, gemmScratch } from "../../ops/matmul/gemm.ts";
import { batchNormEvalMatrix } from "../../ops/normalize/normalizeEval.matrix.ts";
import { forEachVector, load, place, store } from "../../ops/reduce/lines.access.ts";
import { alignment, blockBytes, pageBytes } from "../../wasm/blocks.ts";
import { emitFusedLoop } from "../../wasm/fusedLoop.ts";
import { type FunctionBuilder, f32x4, ModuleBuilder, type Placed } from "../../wasm/index.ts";
import { kernelOf } from "./activations.ts";
import { emitLinearLayer, fusedLayers, linearScratch, normState, type Step } from "./forward.linear.ts";
import type { Forward, ForwardPlan, State } from "./forward.ts";
import type { ActivationLayer, EnsembleMeanLayer, EnsembleScale, LinearEnsembleLayer, NormLayer } from "./layers.ts";

/**
 * Hands out addresses, one behind the other: whole vectors, as kernels expect of their arrays. 0
 * stands for nothing.
 */
class Arena {
  #end = alignment;

  bytes(count: number): number {
    const address = this.#end;
    this.#end += blockBytes(count);
    return address;
  }

  floats(...shape: number[]): Placed {
    return { address: this.bytes(sizeOf(shape) * floatBytes), shape, dtype: "float32" };
  }

  get pages(): number {
    return Math.ceil(this.#end / pageBytes);
  }
}

/**
 * The layers of a network as one WebAssembly module with a memory of its own, written by the
 * kernels that compiled programs use: the bits are those of the compiled network in eval mode.
 * There is no tensor, no graph and no gradient in it.
 */
export class CompiledForward implements Forward {
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly #memory: WebAssembly.Memory;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #compiled: (() => void) | undefined;
  #compiling: Promise<void> | undefined;

  constructor(plan: ForwardPlan, state: State) {
    const arena = new Arena();
    const parameters = new Map<string, Placed>();
    for (const name of Object.keys(state)) {
      if (name.startsWith("layers.")) parameters.set(name, arena.floats(...state[name].shape));
    }
    const emitted = emitLayers(plan, arena, (name) => parameters.get(name) as Placed);
    this.#bytes = emitted.bytes;
    this.#memory = new WebAssembly.Memory({ initial: arena.pages });
    for (const [name, placed] of parameters) this.#view(placed).set(state[name].data);
    this.input = this.#view(emitted.input);
    this.output = this.#view(emitted.output);
  }

  /** Compiles in the background, once. */
  prepare(): Promise<void> {
    this.#compiling ??= this.#instantiate();
    return this.#compiling;
  }

  /** Computes the output of the input. Compiles first, at once, unless {@link prepare} has. */
  run(): void {
    if (this.#compiled === undefined) {
      this.#ready(new WebAssembly.Instance(new WebAssembly.Module(this.#bytes), this.#imports()));
    }
    this.#compiled?.();
  }

  async #instantiate(): Promise<void> {
    const { instance } = await WebAssembly.instantiate(this.#bytes, this.#imports());
    this.#ready(instance);
  }

  #imports(): WebAssembly.Imports {
    return { env: { memory: this.#memory } };
  }

  #ready({ exports }: WebAssembly.Instance): void {
    this.#compiled = exports.forward as () => void;
  }

  #view({ address, shape }: Placed): Float32Array {
    return new Float32Array(this.#memory.buffer, address, sizeOf(shape));
  }
}

interface Emitted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly input: Placed;
  readonly output: Placed;
}

type AnyLayer = ReturnType<typeof fusedLayers>[number]["layer"];

/** Layers that write nothing: what comes behind them reads what came before. */
const silent: readonly AnyLayer["kind"][] = ["dropout", "ensembleView", "flatten", "unflatten"];

function emitLayers(plan: ForwardPlan, arena: Arena, parameter: (name: string) => Placed): Emitted {
  const { rows, inputs } = plan;
  const fused = fusedLayers(plan.layers);
  const layers = fused.map(({ layer }) => layer);
  const module = new ModuleBuilder();
  const lines = rows * Math.max(1, ...layers.map((layer) => ("members" in layer ? layer.members : 1)));
  const widths = [inputs, ...layers.flatMap((layer) => ("outputs" in layer ? [layer.outputs] : []))];
  // Layers write from one to the other by turns; an activation writes where it reads.
  const blocks = [arena, arena].map((each) => each.floats(lines, Math.max(...widths)).address);
  const scratch = arena.bytes(Math.max(...layers.map((layer) => scratchOf(layer, rows, lines))));
  let turn = 0;
  let shape: Shape = [rows, inputs];
  const block = (): Placed => ({ address: blocks[turn % 2], shape, dtype: "float32" });
  const input = block();
  const calls = fused.flatMap(({ layer, at }) => {
    if (silent.includes(layer.kind)) return [];
    const from = block();
    shape = shapeBehind(layer, shape);
    if (layer.kind !== "activation") turn++;
    const to = block();
    const own: Step["own"] = (name, behind = 0) => parameter(`layers.${at + behind}.${name}`);
    return module.function(`${at}_${layer.kind}`, [], (f) => {
      emitLayer(layer, { f, module, from, to, scratch, own }, arena);
    });
  });
  const forward = (f: FunctionBuilder) => {
    for (const call of calls) f.call(call);
  };
  module.function("forward", [], forward, { exported: true });
  return { bytes: module.toBytes(), input, output: block() };
}

/** As matrices: the members of a row are lines of their own. */
function shapeBehind(layer: AnyLayer, [lines, width]: Shape): Shape {
  switch (layer.kind) {
    case "linear":
    case "linearEnsemble":
      return [lines, layer.outputs];
    case "elementwiseAffine":
      return [lines * layer.members, width];
    case "ensembleMean":
      return [lines / layer.members, width];
    default:
      return [lines, width];
  }
}

function emitLayer(layer: AnyLayer, step: Step, arena: Arena): void {
  switch (layer.kind) {
    case "linear":
      emitLinearLayer(layer, step);
      return;
    case "batchNorm":
    case "layerNorm":
      emitNorm(layer, step, arena);
      return;
    case "activation":
      emitActivation(layer, step);
      return;
    case "elementwiseAffine":
      emitScale(layer, step);
      return;
    case "linearEnsemble":
      emitLinearEnsemble(layer, step);
      return;
    case "ensembleMean":
      emitMean(layer, step);
      return;
    case "dropout":
    case "ensembleView":
    case "flatten":
    case "unflatten":
      return;
  }
}

function emitNorm({ kind, eps }: NormLayer, { f, from, to, scratch, own }: Step, arena: Arena): void {
  if (kind === "batchNorm") {
    const inputs = [from, ...normState.map((name) => own(name))];
    batchNormEvalMatrix.emit({ inputs, outputs: [to], attrs: { eps }, f, scratch });
    return;
  }
  const [lines] = from.shape;
  const statistic = (): Placed => ({ address: arena.bytes(8 * lines), shape: [lines], dtype: "float64" });
  layerNormFloats.emit({
    ...{ inputs: [from, own("weight"), own("bias")], outputs: [to, statistic(), statistic()], attrs: { eps }, f },
  });
}

/** Every element is read before it is written, in place. */
function emitActivation({ activation }: ActivationLayer, { f, module, to }: Step): void {
  const array = { address: to.address, dtype: "float32" } as const;
  const [rows, columns] = to.shape;
  emitFusedLoop({
    ...{ f, lanes: "float32", rows, columns, inputs: [{ ...array, pattern: "full" }], outputs: [array] },
    body: (values) => [kernelOf[activation].lane(values, { attrs: {}, f, module, lanes: f32x4 })],
  });
}

/** Every row once for each member, with its scales. */
function emitScale({ members, width }: EnsembleScale, { f, from, to, own }: Step): void {
  const line = { f, length: width, count: 1 };
  const [x, y] = [pointer(f, from.address), pointer(f, to.address)];
  const scale = f.local("i32");
  f.times(from.shape[0], () => {
    f.set(scale, own("weight").address);
    f.times(members, () => {
      forEachVector(line, (at, count) => {
        const of = (base: typeof x) => load(line, place(base, at), count, f32x4.const(0));
        store(line, place(y, at), f32x4.mul(of(x), of(scale)), count);
      });
      advance(f, y, width * floatBytes);
      advance(f, scale, width * floatBytes);
    });
    advance(f, x, width * floatBytes);
  });
}

/** The products, and the biases added to them. */
function emitLinearEnsemble({ members, inputs, outputs }: LinearEnsembleLayer, step: Step): void {
  const { f, module, from, to, scratch, own } = step;
  const rows = from.shape[0] / members;
  const split = (array: Placed, width: number): Placed => ({ ...array, shape: [rows, members, width] });
  ensembleMatmulFloats.emit({
    ...{ inputs: [split(from, inputs), own("weight")], outputs: [split(to, outputs)], attrs: {} },
    ...{ f, module, scratch, fast: false },
  });
  const array = { address: to.address, dtype: "float32" } as const;
  const bias = { address: own("bias").address, dtype: "float32", pattern: "row" } as const;
  emitFusedLoop({
    ...{ f, lanes: "float32", rows, columns: members * outputs, outputs: [array] },
    inputs: [{ ...array, pattern: "full" }, bias],
    body: ([product, added]) => [f32x4.add(product, added)],
  });
}

function emitMean({ members, outputs, of }: EnsembleMeanLayer, { f, module, from, to, scratch }: Step): void {
  const x = { ...from, shape: [from.shape[0] / members, members, outputs] };
  ensembleMeanKernel.emit({ inputs: [x], outputs: [to], attrs: { of }, f, module, scratch });
}

/** Bytes of working memory. */
function scratchOf(layer: AnyLayer, rows: number, lines: number): number {
  switch (layer.kind) {
    case "linear":
      return linearScratch(layer, lines);
    case "batchNorm": {
      const x: Spec = { shape: [lines, layer.width], dtype: "float32" };
      return batchNormEvalMatrix.scratch([x]);
    }
    case "linearEnsemble":
      return gemmScratch({ m: rows, n: layer.outputs, k: layer.inputs });
    case "ensembleMean": {
      const { members, outputs, of } = layer;
      return ensembleMeanKernel.scratch([{ shape: [rows, members, outputs], dtype: "float32" }], [], { of });
    }
    default:
      return 0;
  }
}
