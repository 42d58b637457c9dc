import { nn, zeros } from "evenkeel";
import type { TabularNet } from "evenkeel/tabular";
import type { Origin } from "../../records/models/origin.ts";

/** What a user of the command can do, where the library's cure is for its own. */
const cures: Readonly<Partial<Record<nn.BatchNormRule, string>>> = {
  "dropout-before-norm": "train with a smaller --dropout; what it costs is shown by evenkeel evaluate",
  "momentum-slow": "train with --statistics better, or recomputed",
  "norm-behind-activation": "if it was not meant, train with --norm-place before",
  "small-batch": "train with --batch-size 32 or more, or with --norm layer",
};

/**
 * What is doubtful about the batch normalization of a model, by the network and the record of its
 * training. What training on a table has settled by itself is not doubted: a last batch of one row
 * is joined to the one before, the rows may be too few for larger batches, and statistics that were
 * chosen by validation rows have been looked at.
 */
export function batchNormFindings(network: TabularNet, { plan, sizes }: Origin): nn.BatchNormFinding[] {
  const { features, embeddings = [] } = network.size;
  const input = [zeros([2, features])];
  if (embeddings.length > 0) input.push(zeros([2, embeddings.length], { dtype: "int32" }));
  const { batchSize, statistics, epochs } = plan ?? {};
  const rows = sizes?.train;
  const isWhole = batchSize !== undefined && rows !== undefined && batchSize >= rows;
  const known = statistics === "asTrained" && rows !== undefined && batchSize !== undefined && epochs !== undefined;
  const { findings } = nn.checkBatchNorm(network, {
    input,
    ...(batchSize !== undefined && !isWhole && { batchSize }),
    ...(known && { steps: epochs * Math.ceil(rows / batchSize) }),
  });
  return findings.map((finding) => ({ ...finding, cure: cures[finding.rule] ?? finding.cure }));
}
