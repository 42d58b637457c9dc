export function newScheduler(..._: unknown[]): object {
  return {};
}
