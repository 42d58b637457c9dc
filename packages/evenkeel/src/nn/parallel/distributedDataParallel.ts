import {
  check,
  flag,
  type GivenOptions,
  guard,
  isPlainObject,
  numberAbove,
  optional,
  refuse,
  refuseGiven,
  refuseInStep,
  refuseMisspellings,
  resolveOptions,
  wholeNumber,
  wrongState,
  wrongValue,
} from "../../core/index.ts";
import * as ops from "../../ops/collective/index.ts";
import { isGradEnabled, Tensor } from "../../tensor/index.ts";
import { tensorsIn } from "../../tensor/tensorsIn.ts";
import { SyncBatchNormLayer } from "../layers/norm/syncBatchNorm.ts";
import { isUninitialized } from "../lazy/uninitialized.ts";
import { type AnyModule, type InputsOf, Module, type OutputOf } from "../module/module.ts";
import type { Buffer } from "../module/parameter.ts";
import { checkAgreement } from "./agreement.ts";
import { RankAlone, RankMeans } from "./rankMeans.ts";

const caller = "DistributedDataParallel";

const options = {
  /**
   * Every call in training first gives all ranks the buffers of rank 0, except those of
   * SyncBatchNorm, which are equal anyway (true).
   */
  broadcastBuffers: optional(flag(), true),
  /** Millions of bytes of gradients that one message holds at most (25). */
  bucketCapMb: optional(numberAbove(0), 25),
};

export interface DistributedDataParallelOptions extends GivenOptions<typeof options> {}

const others = {
  no_sync: "net.noSync",
  join: "not here: a rank that has no rows left calls the network with a batch of 0 rows",
} as const;

/**
 * A network that several processes train together, each on its rows of every batch: see
 * `distributed.init`. Its `backward()` leaves the same gradients on all ranks, those of the whole
 * batch, however its rows are divided: each rank counts for its rows, and one may have none.
 *
 * The loss of every rank is a mean over its rows. Whatever else is added to it, such as a penalty
 * on weights, is averaged over the ranks. Dropout draws what one process would draw for the whole
 * batch; other draws within the network are refused.
 *
 * All ranks make the same calls in the same order. State dicts have the prefix `module.`, as in
 * PyTorch. https://pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html
 */
export class DistributedDataParallel<M extends AnyModule = Module> extends Module<InputsOf<M>, OutputOf<M>> {
  readonly module: M;
  readonly broadcastBuffers: boolean;
  readonly #group: ops.ProcessGroup;
  readonly #synchrony = new ops.Synchrony();
  readonly #known = new ops.KnownRows();
  readonly #means: RankMeans;
  readonly #alone: RankAlone;
  #weight: Tensor | number | undefined;

  /**
   * Gives all ranks the parameters and buffers of rank 0.
   * @throws Error without `distributed.init`, for a network without a parameter to train or with a
   *   lazy layer, and, on all ranks, if their networks differ
   */
  constructor(module: M, given: DistributedDataParallelOptions = {}) {
    super();
    refuseInStep("making a DistributedDataParallel", "make it before the step");
    refuseMisspellings(DistributedDataParallel.prototype, "net", { others, assignable: true });
    if (!(module instanceof Module)) throw refuseGiven("wrong-type", caller, "it takes a module", module);
    const { broadcastBuffers, bucketCapMb } = resolveOptions(caller, given, options);
    const { group } = ops.ranks;
    if (group === null)
      throw wrongState(caller, "there is no process group", "call distributed.init(communicator) first");
    const named = () => module.namedParameters();
    if (!named().some(([, { requiresGrad }]) => requiresGrad)) {
      throw wrongState(caller, "the network has no parameter that requires a gradient", "call the network itself");
    }
    const state = [...module.parameters(), ...module.buffers()];
    if (state.some(isUninitialized)) {
      throw wrongState(caller, "the network has a lazy layer without a size", "call the network once before");
    }
    this.module = module;
    this.broadcastBuffers = broadcastBuffers;
    this.#group = group;
    this.#means = new RankMeans(group, this.#synchrony, named, bucketCapMb * 1e6);
    this.#alone = new RankAlone(group, this.#synchrony, named);
    if (group.size === 1) return;
    checkAgreement(caller, module, group);
    for (const tensor of state) ops.broadcast<Tensor>(tensor, { group, root: 0 });
  }

  override forward(...inputs: InputsOf<M>): OutputOf<M> {
    const group = this.#group;
    const call = this.module as unknown as (...inputs: InputsOf<M>) => OutputOf<M>;
    if (group.size === 1) return call(...inputs);
    const synchrony = this.#synchrony;
    guard(synchrony, ["isOn", "isPending"]);
    if (this.training && this.broadcastBuffers) {
      for (const buffer of this.#ownBuffers()) ops.broadcast<Tensor>(buffer, { group, root: 0 });
    }
    const division = new ops.Division(group, rowsOf(inputs), this.#known, this.#weight);
    const output = ops.duringDivision(division, () => call(...inputs));
    if (!isGradEnabled()) return output;
    const reducer = synchrony.isOn ? this.#means : this.#alone;
    const weighed = (tensor: Tensor) =>
      tensor.requiresGrad ? ops.weighByRows<Tensor>(tensor, { division, reducer }) : tensor;
    return mapTensors(output, weighed) as OutputOf<M>;
  }

  /**
   * Runs `fn`, in which calls of the network lead to backward passes that exchange nothing: they
   * add up gradients of this rank's rows, and the next pass of a call outside of `noSync` exchanges
   * all of them. As in PyTorch it is the call of the network that counts, and all ranks do it.
   */
  noSync<T>(fn: () => T): T {
    const synchrony = this.#synchrony;
    const before = synchrony.isOn;
    synchrony.isOn = false;
    try {
      return fn();
    } finally {
      synchrony.isOn = before;
    }
  }

  /**
   * Tells how many rows each rank has from now on, by rank, so that the ranks need not tell each
   * other at every call; null has them do it again. All ranks do it, with the same numbers.
   * @throws RangeError if there is not one whole number for each rank
   */
  setRows(rows: readonly number[] | null): void {
    refuseInStep("setRows()", "call it before the step");
    const { size } = this.#group;
    if (rows !== null) {
      if (!Array.isArray(rows) || rows.length !== size) {
        throw wrongValue("setRows", "rows", rows, `${size} numbers, one for each rank`);
      }
      for (const [rank, count] of rows.entries()) check("setRows", `rows[${rank}]`, count, wholeNumber(0));
    }
    this.#known.rows = rows === null ? null : [...rows];
  }

  /**
   * Runs `fn`, in which the rows of a call count for `weight` together instead of 1 each: for a loss
   * that is a weighted mean, the sum of the weights of this rank's rows. A tensor of one value, or
   * a number of at least 0. All ranks do it.
   */
  withWeight<T>(weight: Tensor | number, fn: () => T): T {
    if (typeof weight !== "number" && !(weight instanceof Tensor && weight.numel() === 1)) {
      throw wrongValue("withWeight", "weight", weight, "a number or a tensor of one value");
    }
    const before = this.#weight;
    this.#weight = typeof weight === "number" ? weight : weight.detach().reshape([]);
    try {
      return fn();
    } finally {
      this.#weight = before;
    }
  }

  /** The buffers that ranks change differently. */
  #ownBuffers(): Buffer[] {
    const module: AnyModule = this.module;
    const synchronized = new Set(
      module
        .modules()
        .flatMap((layer) => (layer instanceof SyncBatchNormLayer ? layer.buffers({ recurse: false }) : [])),
    );
    return module.buffers().filter((buffer) => !synchronized.has(buffer));
  }
}

function rowsOf(inputs: readonly unknown[]): number {
  const [first] = tensorsIn(inputs);
  if (first !== undefined && first.ndim > 0) return first.shape[0];
  throw refuse(
    "wrong-shape",
    caller,
    first === undefined ? "it was called without a tensor" : "its first input is a single value",
    "the first dimension of the first input is that of the rows",
  );
}

/** The same tree, with other tensors. */
function mapTensors(tree: unknown, change: (tensor: Tensor) => Tensor): unknown {
  if (tree instanceof Tensor) return change(tree);
  if (Array.isArray(tree)) return tree.map((item) => mapTensors(item, change));
  if (!isPlainObject(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, mapTensors(item, change)]));
}
