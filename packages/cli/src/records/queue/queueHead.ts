import { readFileSync } from "node:fs";
import { z } from "zod";
import { misuse } from "../../shell/errors.ts";
import { parseJson } from "../../shell/files/parseJson.ts";
import { sentence } from "../../shell/sentence.ts";
import { version } from "../../shell/version.ts";
import { firstIssue, sayMissing } from "../schemas.ts";
import type { QueueHead } from "./types.ts";

const headSchema: z.ZodType<QueueHead> = z.object({
  format: z.literal("evenkeel queue"),
  version: z.literal(1),
  evenkeel: z.string(),
  study: z.string(),
  data: z.string(),
  table: z.string(),
  target: z.string(),
  networks: z.int().positive(),
});

/** @throws CommandError if it is no queue.json of this version */
export function readHead(path: string): QueueHead {
  let given: unknown;
  try {
    given = parseJson(readFileSync(path, "utf8"));
  } catch (error) {
    throw misuse("damaged-file", `${path} is damaged: ${sentence(error)}`);
  }
  return headOf(given, path);
}

/**
 * The head of a queue, checked. The version of evenkeel comes first: another one may have written
 * anything.
 * @param name of the queue, in messages
 * @throws CommandError
 */
export function headOf(given: unknown, name: string): QueueHead {
  const { evenkeel } = (given ?? {}) as Partial<QueueHead>;
  if (typeof evenkeel === "string" && evenkeel !== version) {
    throw misuse(
      "conflict",
      `${name} is of a study by evenkeel ${evenkeel}, and this is evenkeel ${version}`,
      "all processes of a study need the same version, which gives the same bits",
    );
  }
  const { success, data, error } = headSchema.safeParse(given, { error: sayMissing });
  if (success) return data;
  throw misuse("damaged-file", `${name} is damaged: ${firstIssue(error)}`);
}

/**
 * Checks that a queue is of the study that is to use it.
 * @throws CommandError if it is of another
 */
export function checkSameStudy(found: QueueHead, wanted: QueueHead, name: string): void {
  if (found.study === wanted.study) return;
  throw misuse(
    "conflict",
    `${name} holds the queue of another study, about ${found.target} of ${found.table}`,
    "give --workers-from another place, or delete this one once that study has ended",
  );
}
