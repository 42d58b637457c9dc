/**
 * PyTorch's names of a tensor's methods that differ here by more than snake case; see
 * `refuseMisspellings`.
 */
export const otherNames: Readonly<Record<string, string>> = {
  absolute: "x.abs",
  argwhere: "x.nonzero",
  clip: "x.clamp",
  clip_: "x.clamp_",
  divide: "x.div",
  element_size: "x.data.BYTES_PER_ELEMENT",
  floor_divide: "x.div(y).floor",
  grad_fn: "x.gradFn",
  greater: "x.gt",
  greater_equal: "x.ge",
  index_copy_: "x.set_",
  index_fill_: "x.set_",
  index_put_: "x.set_",
  less: "x.lt",
  less_equal: "x.le",
  multiply: "x.mul",
  ndimension: "x.dim",
  negative: "x.neg",
  not_equal: "x.ne",
  subtract: "x.sub",
  swapaxes: "x.transpose",
  take_along_dim: "x.gather",
  true_divide: "x.div",
};
