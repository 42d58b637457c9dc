import { nn } from "evenkeel";
import { hasPictures, type Setup } from "../state/setup.ts";
import { copyOf } from "./network.ts";
import type { Rows } from "./rows.ts";
import type { Trainer } from "./trainer.ts";

/** What the library's linter says of a BatchNorm. */
export type LintFinding = Pick<nn.BatchNormFinding, "rule" | "severity" | "module" | "reason" | "cure">;

/** More rows would change no sentence, and hold up the training that is looked at. */
const mostRows = { table: 4096, pictures: 128 } as const;

/**
 * The findings of `nn.checkBatchNorm` about a network as it is now, over the batches it trains on. It
 * looks at a copy: the training goes on with the bits that it would have had.
 */
export function lint(trainer: Trainer, setup: Pick<Setup, "table" | "steps">): readonly LintFinding[] {
  const most = mostRows[hasPictures(setup) ? "pictures" : "table"];
  const loader: Rows[] = [];
  let rows = 0;
  for (const batch of trainer.firstEpoch()) {
    loader.push(batch);
    rows += batch[0].shape[0];
    if (rows >= most) break;
  }
  const { findings } = nn.checkBatchNorm(copyOf(trainer.network), { loader, steps: setup.steps });
  return findings.map(({ rule, severity, module, reason, cure }) => ({ rule, severity, module, reason, cure }));
}
