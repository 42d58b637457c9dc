import { wrongType } from "../../core/index.ts";

/** The fields of a parameter group that a scheduler writes. */
export interface ScheduledGroup {
  lr: number;
  /** The rate before any schedule, recorded by the first scheduler. */
  initialLr?: number;
  /** Present if the optimizer has them: OneCycleLR changes the momentum, or the first beta. */
  momentum?: number;
  betas?: readonly [number, number];
}

/** The rates that schedules have set. */
const rates = new WeakMap<object, number>();

/**
 * Records that a schedule has set the rate of a group: it may be negative, as in PyTorch, unlike a
 * rate set by the user.
 */
export function noteScheduled(group: ScheduledGroup): void {
  rates.set(group, group.lr);
}

/** Whether a schedule has set the current rate of a group, rather than the user. */
export function isScheduled(group: object): boolean {
  return rates.has(group) && Object.is(rates.get(group), (group as ScheduledGroup).lr);
}

/** The part of an optimizer that a scheduler uses; SGD, Adam and AdamW have it. */
export interface ScheduledOptimizer {
  readonly paramGroups: readonly ScheduledGroup[];
}

/** @throws TypeError unless there are parameter groups with a learning rate */
export function checkScheduled(owner: string, optimizer: ScheduledOptimizer): void {
  const groups: unknown = optimizer?.paramGroups;
  if (Array.isArray(groups) && groups.every((group) => typeof group?.lr === "number")) return;
  throw wrongType(owner, "optimizer", optimizer, "one such as new optim.Adam(model.parameters(), { lr: 1e-3 })");
}
