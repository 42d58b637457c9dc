import { isPlainObject } from "evenkeel/problem";
import type { TrialSpec } from "evenkeel/study";
import { z } from "zod";
import { misuse } from "../../../shell/errors.ts";
import { firstIssue, sayMissing } from "../../schemas.ts";
import type { Task } from "../types.ts";
import { JournalReader } from "./journal.ts";
import type { QueueLayout } from "./layout.ts";

/** A line of the study's file. */
export type BoardLine =
  | { readonly type: "begin"; readonly lease: number }
  | { readonly type: "offer"; readonly tasks: readonly Task[] }
  | { readonly type: "done"; readonly ids: readonly string[] }
  | { readonly type: "refused"; readonly worker: string }
  | { readonly type: "end" };

/** Ids become names of files. */
const id = z.string().regex(/^[\w-]{1,80}$/);
const task: z.ZodType<Task> = z.object({
  id,
  // Its contents are checked where it is trained.
  spec: z.custom<TrialSpec>(isPlainObject, "expected the plan of a trial"),
  not: z.array(z.string()).exactOptional(),
});
const lineSchema: z.ZodType<BoardLine> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("begin"), lease: z.number().positive() }),
  z.object({ type: z.literal("offer"), tasks: z.array(task) }),
  z.object({ type: z.literal("done"), ids: z.array(id) }),
  z.object({ type: z.literal("refused"), worker: z.string() }),
  z.object({ type: z.literal("end") }),
]);

/**
 * What the study says, as a worker reads it. A later study process begins anew: what its
 * predecessors said no longer counts.
 */
export class Board {
  readonly #layout: QueueLayout;
  #session = 0;
  #reader: JournalReader | undefined;
  /** Tasks that are not done, in the order in which they were offered. */
  readonly tasks = new Map<string, Task>();
  readonly refused = new Set<string>();
  hasEnded = false;
  lease: number | undefined;

  constructor(layout: QueueLayout) {
    this.#layout = layout;
  }

  /**
   * Reads what is new.
   * @throws CommandError if a line is damaged
   */
  read(): void {
    const session = this.#layout.session();
    if (session !== this.#session) {
      this.#session = session;
      this.#reader = new JournalReader(this.#layout.board(session));
      this.tasks.clear();
      this.refused.clear();
      this.hasEnded = false;
      this.lease = undefined;
    }
    for (const line of this.#reader?.read() ?? []) {
      const { success, data, error } = lineSchema.safeParse(line, { error: sayMissing });
      if (!success) throw misuse("damaged-file", `${this.#layout.board(session)} is damaged: ${firstIssue(error)}`);
      this.#hear(data);
    }
  }

  #hear(line: BoardLine): void {
    if (line.type === "begin") this.lease = line.lease;
    else if (line.type === "offer") for (const task of line.tasks) this.tasks.set(task.id, task);
    else if (line.type === "done") for (const id of line.ids) this.tasks.delete(id);
    else if (line.type === "refused") this.refused.add(line.worker);
    else if (line.type === "end") this.hasEnded = true;
  }
}
