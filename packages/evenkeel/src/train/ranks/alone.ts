import { ranks } from "../../ops/collective/index.ts";

/** Computes without exchanges what every rank computes alike: layers do as if there were one process. */
export function alone<T>(compute: () => T): T {
  const { group } = ranks;
  ranks.group = null;
  try {
    return compute();
  } finally {
    ranks.group = group;
  }
}
