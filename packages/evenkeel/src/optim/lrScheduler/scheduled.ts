import { wrongType } from "../../core/index.ts";

/** What a scheduler writes of a parameter group. */
export interface ScheduledGroup {
  lr: number;
  /** The rate before any schedule, noted down by the first scheduler. */
  initialLr?: number;
  /** Where an optimizer has them: OneCycleLR turns the momentum, or the first beta. */
  momentum?: number;
  betas?: readonly [number, number];
}

/** The rates that schedules have set. */
const rates = new WeakMap<object, number>();

/** Notes that a schedule has set the rate of a group: it may be below 0, as in PyTorch, where one that a user sets may not. */
export function noteScheduled(group: ScheduledGroup): void {
  rates.set(group, group.lr);
}

/** Whether the rate of a group is what a schedule has set, and not what a user made of it. */
export function isScheduled(group: object): boolean {
  return rates.has(group) && Object.is(rates.get(group), (group as ScheduledGroup).lr);
}

/** What a scheduler needs of an optimizer; SGD, Adam and AdamW are such. */
export interface ScheduledOptimizer {
  readonly paramGroups: readonly ScheduledGroup[];
}

/** @throws TypeError unless there are parameter groups with a learning rate */
export function checkScheduled(owner: string, optimizer: ScheduledOptimizer): void {
  const groups: unknown = optimizer?.paramGroups;
  if (Array.isArray(groups) && groups.every((group) => typeof group?.lr === "number")) return;
  throw wrongType(owner, "optimizer", optimizer, "one such as new optim.Adam(model.parameters(), { lr: 1e-3 })");
}
