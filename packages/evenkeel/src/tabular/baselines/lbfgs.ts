interface LbfgsOptions {
  /** Stops where no element of the gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** How many steps are remembered (10). */
  readonly memory?: number | undefined;
}

interface Minimum {
  readonly at: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * The minimum of a smooth convex function by L-BFGS (Nocedal and Wright, Numerical Optimization,
 * algorithm 7.5), in double, with steps halved until they descend enough.
 * @param value writes the gradient at `x` into `gradient` and returns the function's value there
 */
export function lbfgs(
  value: (x: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  { tolerance, maxIterations, memory = 10 }: LbfgsOptions,
): Minimum {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let now = value(x, gradient);
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (gradient.every((g) => Math.abs(g) <= tolerance)) return { at: x, iterations: iteration, converged: true };
    const direction = descent(gradient, pairs);
    const slope = dot(direction, gradient);
    const next = new Float64Array(x.length);
    const nextGradient = new Float64Array(x.length);
    let step = pairs.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    let then = Number.POSITIVE_INFINITY;
    for (let halvings = 0; halvings < 60; halvings++, step /= 2) {
      for (let i = 0; i < x.length; i++) next[i] = x[i] + step * direction[i];
      then = value(next, nextGradient);
      if (then <= now + 1e-4 * step * slope) break;
      then = Number.POSITIVE_INFINITY;
    }
    // No step descends by more than rounding: this is as near as double gets.
    if (then === Number.POSITIVE_INFINITY) return { at: x, iterations: iteration, converged: false };
    const s = next.map((v, i) => v - x[i]);
    const y = nextGradient.map((v, i) => v - gradient[i]);
    const curvature = dot(s, y);
    if (curvature > 0) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > memory) pairs.shift();
    [x, gradient, now] = [next, nextGradient, then];
  }
  return { at: x, iterations: maxIterations, converged: gradient.every((g) => Math.abs(g) <= tolerance) };
}

/** Minus the gradient times the inverse curvature, as the last steps show it (algorithm 7.4). */
function descent(gradient: Float64Array, pairs: { s: Float64Array; y: Float64Array; rho: number }[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (const [k, { s, y, rho }] of [...pairs.entries()].reverse()) {
    alphas[k] = rho * dot(s, direction);
    add(direction, y, -alphas[k]);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (const [k, { s, y, rho }] of pairs.entries()) add(direction, s, alphas[k] - rho * dot(y, direction));
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function add(to: Float64Array, values: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i] += times * values[i];
}
