/**
 * One spatial dimension of a correlation: the input positions of each output. A convolution is one
 * correlation, and so is its gradient by the input; with a stride, that gradient is several
 * correlations, one per position between strides.
 */
export interface Axis {
  /** `count` outputs, at every `step`-th position from `first`. */
  readonly outputs: number;
  readonly first: number;
  readonly step: number;
  /** The distance of the windows of neighbouring outputs. */
  readonly stride: number;
  /** The taps of the first output's window, in order of input position. May be empty. */
  readonly taps: readonly Tap[];
  /** The size of the input; beyond it are zeros. */
  readonly size: number;
}

interface Tap {
  /** A position in the input; negative before it. */
  readonly at: number;
  /** The matching position in the kernel. */
  readonly weight: number;
}

/** The convolution itself, or the gradient by its weight, whose windows are the same. */
export interface Windows {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before the input. */
  readonly before: number;
  readonly outputs: number;
}

export function forwardAxis({ size, kernel, stride, dilation, before, outputs }: Windows): Axis {
  const taps = Array.from({ length: kernel }, (_, weight) => ({ at: weight * dilation - before, weight }));
  return { outputs, first: 0, step: 1, stride, taps, size };
}

/**
 * The gradient by the input reads the gradients of the outputs that used it: one axis for each
 * position between strides.
 */
export function backwardAxes({ size, kernel, stride, dilation, before, outputs }: Windows): Axis[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first) => {
    const taps: Tap[] = [];
    for (let weight = kernel - 1; weight >= 0; weight--) {
      const distance = first + before - weight * dilation;
      if (distance % stride === 0) taps.push({ at: distance / stride, weight });
    }
    return { outputs: Math.ceil((size - first) / stride), first, step: stride, stride: 1, taps, size: outputs };
  });
}

/** The number of zeros before and after the input that the windows cover. */
export function bordersSeen({ outputs, stride, taps, size }: Axis): [before: number, after: number] {
  if (taps.length === 0) return [0, 0];
  const last = (outputs - 1) * stride + taps[taps.length - 1].at;
  return [Math.max(0, -taps[0].at), Math.max(0, last - size + 1)];
}

/** Neighbouring outputs whose windows begin and end at the same taps. */
export interface Stretch {
  readonly outputs: number;
  /** The taps inside the input: from `low` to before `high`. */
  readonly low: number;
  readonly high: number;
}

/** The outputs, `width` at a time, in spans whose taps inside the input are the same. */
export function stretchesOf({ outputs, stride, taps, size }: Axis, width = 1): Stretch[] {
  const stretches: Stretch[] = [];
  for (let output = 0; output + width <= outputs; output += width) {
    const start = output * stride;
    const end = start + (width - 1) * stride;
    const before = taps.filter(({ at }) => at + end < 0).length;
    const seen = taps.filter(({ at }) => at + start < size).length;
    // A window without taps inside the input is summed completely: its border is zeros.
    const [low, high] = before < seen ? [before, seen] : [0, taps.length];
    const last = stretches.at(-1);
    if (last?.low === low && last.high === high)
      stretches[stretches.length - 1] = { ...last, outputs: last.outputs + width };
    else stretches.push({ outputs: width, low, high });
  }
  return stretches;
}

/** The axis of the outputs from `output` on. */
export function from(axis: Axis, output: number): Axis {
  const { outputs, first, step, stride, taps } = axis;
  return {
    ...axis,
    outputs: outputs - output,
    first: first + output * step,
    taps: taps.map(({ at, weight }) => ({ at: at + output * stride, weight })),
  };
}
