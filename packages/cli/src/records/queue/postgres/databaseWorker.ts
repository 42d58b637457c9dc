import { setTimeout as sleep } from "node:timers/promises";
import type { StudyData, TrialRun, TrialSpec } from "evenkeel/study";
import { misuse } from "../../../shell/errors.ts";
import { parseJson } from "../../../shell/files/parseJson.ts";
import { tableOf } from "../folder/tableFile.ts";
import { headOf } from "../queueHead.ts";
import type { OpenWorker, QueueHead, QueueState, Task, WorkerFacts, WorkerSide } from "../types.ts";
import { connect, type Database } from "./database.ts";

/** Seconds, until the study process has said its own. */
const usualLease = 30;
/** Milliseconds between two looks for a queue that is not there yet. */
const looks = 500;

interface TaskRow {
  readonly id: string;
  readonly spec: string;
  readonly not_by: readonly string[];
}

/** A worker of a queue in a database. */
export class DatabaseWorker implements WorkerSide {
  readonly name: string;
  readonly head: QueueHead;
  readonly #database: Database;
  /** What it has taken. A statement whose answer was lost may have taken more. */
  readonly #taken = new Set<string>();
  #delivered = 0;
  #delivering: Promise<unknown> = Promise.resolve();
  #lease = usualLease;

  private constructor(database: Database, head: QueueHead, name: string) {
    this.#database = database;
    this.head = head;
    this.name = name;
  }

  /** @returns undefined if the name is taken */
  static async enter(
    database: Database,
    head: QueueHead,
    name: string,
    { threads, session = null }: Omit<WorkerFacts, "session"> & { readonly session?: number | null },
  ): Promise<DatabaseWorker | undefined> {
    const rows = await database.query(
      `insert into evenkeel_worker (queue, name, threads, session, beat_at) values ($1, $2, $3, $4, clock_timestamp())
       on conflict do nothing returning name`,
      [database.queue, name, threads, session],
    );
    return rows.length === 0 ? undefined : new DatabaseWorker(database, head, name);
  }

  data = async (): Promise<StudyData> => {
    const { place, queue, query } = this.#database;
    const [row] = await query<{ data: Buffer }>("select data from evenkeel_queue where name = $1", [queue]);
    return tableOf(row.data, this.head.data, place);
  };

  lease = (): number => this.#lease;

  look = async (): Promise<QueueState> => {
    const { place, queue, query } = this.#database;
    const [row] = await query<{ session: number; lease: number; ended: boolean; refused: boolean }>(
      `select q.session, q.lease, q.ended, w.refused from evenkeel_queue q
       join evenkeel_worker w on w.queue = q.name and w.name = $2 where q.name = $1`,
      [queue, this.name],
    );
    if (row === undefined) throw misuse("wrong-state", `the queue ${queue} in ${place} is no longer there`);
    this.#lease = row.lease;
    if (row.refused) return "refused";
    if (row.ended) return "ended";
    return row.session === 0 ? "waiting" : "open";
  };

  take = async (): Promise<Task | undefined> => {
    const { queue, query } = this.#database;
    const [row] = await query<TaskRow>(
      // Who holds a task is asked in a subquery: once another has taken the row in between, PostgreSQL
      // looks at the new row, but joined to the worker that belonged to the old one.
      `with free as (
         select t.id from evenkeel_task t
         where t.queue = $1 and not ($2 = any (t.not_by)) and (
           t.taken_by is null
           or (t.taken_by = $2 and not (t.id = any ($3)))
           or (t.taken_by <> $2 and not exists (
             select from evenkeel_worker w
             where w.queue = t.queue and w.name = t.taken_by and not w.refused
               and not ((w.has_left or w.beat_at < clock_timestamp() - make_interval(secs => $4))
                        and not exists (select from evenkeel_result r
                                        where r.queue = t.queue and r.worker = t.taken_by and r.task = t.id)))))
         order by cardinality(t.not_by) = 0, t.position
         limit 1 for update of t skip locked)
       update evenkeel_task t set taken_by = $2 from free
       where t.queue = $1 and t.id = free.id returning t.id, t.spec, t.not_by`,
      [queue, this.name, [...this.#taken], this.#lease],
    );
    if (row === undefined) return undefined;
    this.#taken.add(row.id);
    const spec = parseJson(row.spec) as TrialSpec;
    return { id: row.id, spec, ...(row.not_by.length > 0 && { not: row.not_by }) };
  };

  /** One after another: who reads by numbers must not see the second before the first. */
  deliver = ({ id }: Task, run: TrialRun): Promise<void> => {
    const delivering = this.#delivering.then(async () => {
      const { queue, query } = this.#database;
      await query(
        `insert into evenkeel_result (queue, worker, number, task, run) values ($1, $2, $3, $4, $5)
         on conflict do nothing`,
        [queue, this.name, this.#delivered + 1, id, JSON.stringify(run)],
      );
      this.#delivered++;
    });
    this.#delivering = delivering.catch(() => {});
    return delivering;
  };

  beat = async (): Promise<void> => {
    const { queue, query } = this.#database;
    await query("update evenkeel_worker set beat_at = clock_timestamp() where queue = $1 and name = $2", [
      ...[queue, this.name],
    ]);
  };

  leave = async (): Promise<void> => {
    const { queue, query, close } = this.#database;
    try {
      await query("update evenkeel_worker set has_left = true where queue = $1 and name = $2", [queue, this.name]);
    } finally {
      await close();
    }
  };
}

/**
 * Enters the queue in a database as a worker, once it is there.
 * @throws CommandError if the database cannot be used, or the queue is of another version
 */
export async function openDatabaseWorker(
  address: string,
  { names, facts, onWait, signal }: OpenWorker,
): Promise<DatabaseWorker> {
  const database = await connect(address);
  try {
    const read = () =>
      database.query<{ head: string }>("select head from evenkeel_queue where name = $1", [database.queue]);
    let rows = await read();
    if (rows.length === 0) onWait?.();
    while (rows.length === 0) {
      await sleep(looks, undefined, { signal });
      rows = await read();
    }
    const head = headOf(parseJson(rows[0].head), `the queue ${database.queue} in ${database.place}`);
    for (const name of names()) {
      const worker = await DatabaseWorker.enter(database, head, name, { ...facts, session: null });
      if (worker !== undefined) return worker;
    }
    throw misuse("wrong-state", `every name for a worker is taken in ${database.place}`);
  } catch (error) {
    await database.close();
    throw error;
  }
}
