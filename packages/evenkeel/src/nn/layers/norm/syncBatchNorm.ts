import { wrongState } from "../../../core/index.ts";
import * as ops from "../../../ops/collective/index.ts";
import { noGrad, ones, type Tensor, zeros } from "../../../tensor/index.ts";
import { checkPerChannel } from "../../functional/norm/perChannel.ts";
import { isLazy } from "../../lazy/lazy.ts";
import { className } from "../../module/callable.ts";
import { takeHooks } from "../../module/hooks.ts";
import { ownChildren } from "../../module/members.ts";
import type { AnyModule } from "../../module/module.ts";
import { type BatchNorm1dOptions, BatchNormLayer } from "./batchNorm.ts";

export type SyncBatchNormOptions = BatchNorm1dOptions;

/** nn.SyncBatchNorm; normsByOptions.ts documents it. */
export class SyncBatchNormLayer<
  Affine extends boolean = boolean,
  Tracked extends boolean = boolean,
> extends BatchNormLayer<Affine, Tracked> {
  static override readonly name: string = "SyncBatchNorm";

  /**
   * Puts a SyncBatchNorm in the place of every batch normalization in a module, with the same
   * parameters and running statistics, and returns the module; if it is one itself, what takes its
   * place. Call it before the optimizer and DistributedDataParallel get the module.
   * https://pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html#torch.nn.SyncBatchNorm.convert_sync_batchnorm
   * @throws Error for a lazy layer that has no size yet
   */
  static convertSyncBatchNorm<M extends AnyModule>(module: M): M extends BatchNormLayer ? SyncBatchNormLayer : M {
    // Before anything is replaced.
    for (const layer of module.modules()) refuseLazy(layer);
    return converted(module, new Map()) as M extends BatchNormLayer ? SyncBatchNormLayer : M;
  }

  protected override expected({ ndim }: Tensor): string | undefined {
    return ndim >= 2 ? undefined : `[N, ${this.numFeatures}] or [N, ${this.numFeatures}, ...]`;
  }

  override forward(input: Tensor): Tensor {
    const group = this.training ? ops.severalRanks() : undefined;
    if (group === undefined) return super.forward(input);
    this.checkInput(input);
    const { running_mean, running_var, eps, numFeatures, num_batches_tracked: batches } = this;
    checkPerChannel(className(this), input, { running_mean, running_var, weight: this.weight, bias: this.bias });
    const weight = this.weight ?? ones([numFeatures], { dtype: input.dtype });
    const bias = this.bias ?? zeros([numFeatures], { dtype: input.dtype });
    const momentum: number | Tensor = this.momentum ?? batches?.add(1).reciprocal() ?? 0;
    const [output, mean, variance, count] = ops.syncBatchNorm<Tensor>(input, weight, bias, { eps, group });
    if (running_mean !== null && running_var !== null) {
      ops.updateSyncedStats<Tensor>(running_mean, running_var, mean, variance, momentum, count);
    }
    // A batch is counted on all ranks or on none: 1 if it has values at all.
    if (batches !== null) noGrad(() => batches.add_(count.sign()));
    return output;
  }
}

/** What takes the place of a module; `done` has the modules so far, of which one may be in two places. */
function converted(module: AnyModule, done: Map<AnyModule, AnyModule>): AnyModule {
  const known = done.get(module);
  if (known !== undefined) return known;
  const replacement = module instanceof BatchNormLayer ? synchronized(module) : module;
  done.set(module, replacement);
  for (const [name, child] of ownChildren<AnyModule>(module)) {
    const next = converted(child, done);
    if (next !== child) module.addModule(name, next);
  }
  return replacement;
}

function synchronized(layer: BatchNormLayer): BatchNormLayer {
  if (layer instanceof SyncBatchNormLayer) return layer;
  const { numFeatures, eps, momentum, affine, trackRunningStats } = layer;
  const replacement = new SyncBatchNormLayer(numFeatures, { eps, momentum, affine, trackRunningStats });
  const { weight, bias, running_mean, running_var, num_batches_tracked, training, frozen } = layer;
  Object.assign(replacement, { weight, bias, running_mean, running_var, num_batches_tracked, training, frozen });
  (replacement as AnyModule)[takeHooks](layer);
  return replacement;
}

function refuseLazy(layer: AnyModule): void {
  if (!(layer instanceof BatchNormLayer) || !isLazy(layer)) return;
  throw wrongState(
    "convertSyncBatchNorm",
    `${className(layer)} has no size yet`,
    "call the network once, or make the layer with its size",
  );
}
