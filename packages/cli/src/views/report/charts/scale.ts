/** A vertical axis: its ends and its ticks. */
export interface Scale {
  readonly type: "linear" | "log";
  readonly domain: [number, number];
  readonly ticks: number[];
}

/** A linear scale that includes these values, with some padding and ticks at round numbers. */
export function paddedScale(low: number, high: number, ticks = 5): Scale {
  const span = high - low || Math.abs(high) || 1;
  const domain: [number, number] = [low - 0.04 * span, high + 0.04 * span];
  // An axis of errors that begins close to 0 begins at 0.
  if (low >= 0 && low < 0.3 * high) domain[0] = 0;
  return { type: "linear", domain, ticks: roundTicks(domain, ticks) };
}

/**
 * A logarithmic scale with ticks at 1, 2 and 5 times the powers of ten, or at the powers if there
 * are many.
 */
export function logarithmic(low: number, high: number): Scale {
  const domain: [number, number] = [low / 1.05, high * 1.05];
  const many = Math.log10(high / low) > 3;
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(domain[0])); power <= Math.log10(domain[1]); power++) {
    for (const factor of many ? [1] : [1, 2, 5]) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= domain[0] && tick <= domain[1]) ticks.push(tick);
    }
  }
  return { type: "log", domain, ticks };
}

/**
 * The axis for lines with bands: logarithmic if a linear one would compress most values near the
 * bottom. Bands that reach far out, for seeds that diverged, do not flatten the lines.
 */
export function lineScale(
  points: readonly { readonly mean: number; readonly low: number; readonly high: number }[],
): Scale {
  if (points.length === 0) return paddedScale(0, 1);
  const means = points.map(({ mean }) => mean).sort((a, b) => a - b);
  const middle = means[Math.floor(means.length / 2)];
  const reach = 4 * Math.abs(middle);
  const low = Math.min(...points.map((point) => Math.max(point.low, point.mean - reach)));
  const top = means[means.length - 1];
  if (low > 0 && top > 6 * middle) return logarithmic(low, top);
  return paddedScale(low, Math.max(...points.map(({ high }) => Math.min(high, top + reach / 2))));
}

/** Multiples of 1, 2 or 5 times a power of ten. */
export function roundTicks([low, high]: readonly [number, number], about: number): number[] {
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** The height of a value in pixels from the top. */
export function heightOf(value: number, { type, domain }: Scale, height: number): number {
  const along = type === "log" ? Math.log : (x: number) => x;
  const share = (along(value) - along(domain[0])) / (along(domain[1]) - along(domain[0]));
  return height * (1 - Math.min(1, Math.max(0, share)));
}

/**
 * Heights of labels near their values: moved as little as possible so that none overlaps another
 * (least squares, by pooling neighbours), and all stay within the drawing.
 */
export function labelPositions(values: readonly number[], scale: Scale, height: number, distance: number): number[] {
  const order = values.map((value, index) => ({ index, y: heightOf(value, scale, height) })).sort((a, b) => a.y - b.y);
  // After subtracting the heights of the labels before it, each label must not be above the one
  // before.
  const groups: { size: number; y: number }[] = [];
  for (const [i, { y }] of order.entries()) {
    groups.push({ size: 1, y: y - i * distance });
    for (let last = groups.length - 1; last > 0 && groups[last].y < groups[last - 1].y; last--) {
      const [a, b] = [groups[last - 1], groups[last]];
      const size = a.size + b.size;
      groups.splice(last - 1, 2, { size, y: (a.y * a.size + b.y * b.size) / size });
    }
  }
  const lowest = Math.max(0, height - (values.length - 1) * distance);
  const positions: number[] = [];
  let i = 0;
  for (const { size, y } of groups) {
    const place = Math.min(lowest, Math.max(0, y));
    for (let k = 0; k < size; k++, i++) positions[order[i].index] = place + i * distance;
  }
  return positions;
}
