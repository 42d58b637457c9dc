import type { RowName } from "../../packages/evenkeel/src/ops/table.ts";
import { channelsLastCases } from "./channelsLast.ts";
import { collectiveCases } from "./collective.ts";
import { convCases } from "./conv.ts";
import { elementwiseCases } from "./elementwise.ts";
import { ensembleCases } from "./ensemble.ts";
import type { GradCase } from "./inputs.ts";
import { lossCases } from "./loss.ts";
import { matmulCases } from "./matmul.ts";
import { movementCases } from "./movement.ts";
import { normCases } from "./norms.ts";
import { poolCases } from "./pool.ts";
import { reduceCases } from "./reduce.ts";
import { stateCases } from "./state.ts";

/** The cases of every row, by family. */
export const gradCases: Readonly<Record<RowName, readonly GradCase[] | null>> = {
  ...channelsLastCases,
  ...collectiveCases,
  ...convCases,
  ...elementwiseCases,
  ...ensembleCases,
  ...lossCases,
  ...matmulCases,
  ...movementCases,
  ...normCases,
  ...poolCases,
  ...reduceCases,
  ...stateCases,
};
