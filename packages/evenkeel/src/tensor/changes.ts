/**
 * Counts changes of tensors besides their values: new memory, requiresGrad, a hook. A guard over
 * many tensors is still valid if the count is unchanged.
 */
export const tensorChanges = { count: 0 };
