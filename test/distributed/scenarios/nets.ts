import { nn } from "evenkeel";

/** The networks that ranks train. */

export const nets = {
  plain: () => new nn.Sequential(new nn.Linear(5, 7), new nn.Tanh(), new nn.Linear(7, 3)),
  dense: () =>
    new nn.Sequential(
      ...[new nn.Linear(5, 8), new nn.GELU(), new nn.BatchNorm1d(8), new nn.Dropout(0.3), new nn.Linear(8, 6)],
      ...[new nn.SiLU(), new nn.BatchNorm1d(6, { momentum: null }), new nn.Linear(6, 3)],
    ),
  pictures: () =>
    new nn.Sequential(
      ...[new nn.Conv2d(2, 4, 3, { padding: 1, bias: false }), new nn.BatchNorm2d(4), new nn.GELU()],
      ...[new nn.Dropout2d(0.2), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(16, 3)],
    ),
  alpha: () =>
    new nn.Sequential(
      new nn.Linear(5, 8),
      new nn.SELU(),
      new nn.AlphaDropout(0.2),
      new nn.Dropout(1),
      new nn.Linear(8, 3),
    ),
} as const;

export const shapes = { plain: [5], dense: [5], pictures: [2, 4, 4], alpha: [5] } as const;

/** Parameters and buffers in one list. */
export function stateOf(net: nn.AnyModule): number[] {
  return [...net.parameters(), ...net.buffers()].flatMap(({ data }) => [...(data as Float64Array)]);
}
