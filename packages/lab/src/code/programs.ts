import type { Setup, Side } from "../state/setup.ts";
import type { PreparedRows } from "../training/rows.ts";
import { savedTable } from "./savedTable.ts";
import { toEvenkeel } from "./toEvenkeel.ts";
import { toTorch } from "./toTorch.ts";

/** A set-up as programs that read the table from a file. */
export interface Programs {
  readonly evenkeel: string;
  readonly torch: string;
}

export function programsOf(rows: PreparedRows, setup: Setup, side: Side, file: string): Programs {
  return { evenkeel: toEvenkeel(rows, setup, side, file), torch: toTorch(rows, setup, side, file) };
}

/** The file that the programs read. */
export function tableFile(rows: PreparedRows): Blob {
  const saved = rows.pictures?.saved(rows) ?? savedTable(rows);
  return new Blob([JSON.stringify(saved)], { type: "application/json" });
}
