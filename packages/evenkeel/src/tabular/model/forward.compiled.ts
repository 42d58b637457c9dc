import { type Spec, sizeOf } from "../../core/index.ts";
import { layerNormFloats } from "../../ops/layerNorm/layerNorm.floats.ts";
import { emitLinear } from "../../ops/matmul/gemm.linear.ts";
import { floatBytes, gemmScratch } from "../../ops/matmul/gemm.ts";
import { batchNormEvalMatrix } from "../../ops/normalize/normalizeEval.matrix.ts";
import { alignment, blockBytes, pageBytes } from "../../wasm/blocks.ts";
import { emitFusedLoop } from "../../wasm/fusedLoop.ts";
import { type FunctionBuilder, f32x4, ModuleBuilder, type Placed } from "../../wasm/index.ts";
import { kernelOf } from "./activations.ts";
import { blockRows, type Forward, type State } from "./forward.ts";
import type { ActivationLayer, Layer, LinearLayer, NormLayer } from "./layers.ts";

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

  constructor(layers: readonly Layer[], inputs: number, state: State) {
    const arena = new Arena();
    const parameters = new Map<string, Placed>();
    for (const name of Object.keys(state)) {
      if (name.startsWith("layers.")) parameters.set(name, arena.floats(...state[name].shape));
    }
    const emitted = emitLayers(layers, inputs, arena, (name) => parameters.get(name) as Placed);
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

/** Where a layer reads and writes, and what it may use meanwhile. */
interface Step {
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  readonly from: Placed;
  readonly to: Placed;
  readonly scratch: number;
  /** The layer's own parameters and statistics: "weight", "running_mean". */
  readonly own: (name: string) => Placed;
}

function emitLayers(
  layers: readonly Layer[],
  inputs: number,
  arena: Arena,
  parameter: (name: string) => Placed,
): Emitted {
  const module = new ModuleBuilder();
  const widths = [inputs, ...layers.flatMap((layer) => (layer.kind === "linear" ? [layer.outputs] : []))];
  // Layers write from one to the other by turns; an activation writes where it reads.
  const blocks = [arena, arena].map((each) => each.floats(blockRows, Math.max(...widths)).address);
  const scratch = arena.bytes(Math.max(...layers.map(scratchOf)));
  const block = (turn: number, width: number): Placed => {
    return { address: blocks[turn % 2], shape: [blockRows, width], dtype: "float32" };
  };
  let turn = 0;
  let width = inputs;
  const calls = layers.map((layer, i) => {
    const from = block(turn, width);
    if (layer.kind === "linear") width = layer.outputs;
    if (layer.kind !== "activation" && layer.kind !== "dropout") turn++;
    const to = block(turn, width);
    return module.function(`${i}_${layer.kind}`, [], (f) => {
      emitLayer(layer, { f, module, from, to, scratch, own: (name) => parameter(`layers.${i}.${name}`) }, arena);
    });
  });
  const forward = (f: FunctionBuilder) => {
    for (const call of calls) f.call(call);
  };
  module.function("forward", [], forward, { exported: true });
  return { bytes: module.toBytes(), input: block(0, inputs), output: block(turn, width) };
}

function emitLayer(layer: Layer, step: Step, arena: Arena): void {
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
    case "dropout":
      return; // drops nothing in eval mode
  }
}

function emitLinearLayer({ inputs, outputs, bias }: LinearLayer, { f, module, from, to, scratch, own }: Step): void {
  emitLinear(f, module, {
    ...{ m: blockRows, n: outputs, k: inputs, x: from.address, weight: own("weight").address, y: to.address },
    ...(bias && { bias: own("bias").address }),
    ...{ scratch, fast: false },
  });
}

function emitNorm({ kind, eps }: NormLayer, { f, from, to, scratch, own }: Step, arena: Arena): void {
  const [weight, bias] = [own("weight"), own("bias")];
  if (kind === "batchNorm") {
    const inputs = [from, own("running_mean"), own("running_var"), weight, bias];
    batchNormEvalMatrix.emit({ inputs, outputs: [to], attrs: { eps }, f, scratch });
    return;
  }
  const statistic = (): Placed => ({ address: arena.bytes(8 * blockRows), shape: [blockRows], dtype: "float64" });
  layerNormFloats.emit({
    ...{ inputs: [from, weight, bias], outputs: [to, statistic(), statistic()], attrs: { eps }, f },
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

/** Bytes of working memory. */
function scratchOf(layer: Layer): number {
  if (layer.kind === "linear") return gemmScratch({ m: blockRows, n: layer.outputs, k: layer.inputs });
  if (layer.kind !== "batchNorm") return 0;
  const x: Spec = { shape: [blockRows, layer.width], dtype: "float32" };
  return batchNormEvalMatrix.scratch([x]);
}
