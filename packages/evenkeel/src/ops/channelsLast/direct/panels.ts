import { floatBytes, vectorBytes } from "../../matmul/gemm.problem.ts";

/**
 * The channels of a group in panels of up to two vectors, the width of a tile. A last vector that
 * is not full starts earlier and overlaps its neighbour; fewer than four channels are one vector
 * with that many lanes.
 */
export interface Panel {
  /** Its first channel, in bytes, and the offsets of its vectors from there. */
  readonly start: number;
  readonly vectors: readonly number[];
  /** Lanes of a vector that are channels. */
  readonly lanes: number;
  /** The number of consecutive equal panels. */
  readonly count: number;
}

const panelChannels = 8;

export function panelsOf(channels: number): Panel[] {
  const full = Math.floor(channels / panelChannels);
  const rest = channels % panelChannels;
  const end = full * panelChannels * floatBytes;
  const panels: Panel[] = [];
  if (full > 0) panels.push({ start: 0, vectors: [0, vectorBytes], lanes: 4, count: full });
  if (rest === 0) return panels;
  if (channels < 4) return [{ start: 0, vectors: [0], lanes: channels, count: 1 }];
  const last = (channels - 4) * floatBytes;
  if (rest <= 4) panels.push({ start: last, vectors: [0], lanes: 4, count: 1 });
  else panels.push({ start: end, vectors: [0, last - end], lanes: 4, count: 1 });
  return panels;
}

/** Bytes of one k of a panel: its vectors side by side. */
export const panelBytes = ({ vectors }: Panel): number => vectors.length * vectorBytes;

/** Bytes of one k of all panels. */
export function panelsBytes(panels: readonly Panel[]): number {
  return panels.reduce((sum, panel) => sum + panel.count * panelBytes(panel), 0);
}

/** The rows of a tile with a panel: eight sums in total. */
export const tileRows = ({ vectors }: Panel): number => 8 / vectors.length;
