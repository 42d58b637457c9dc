import { setTimeout as sleep } from "node:timers/promises";
import { misuse } from "../../../shell/errors.ts";
import { parseJson } from "../../../shell/files/parseJson.ts";
import { tableBytes } from "../folder/tableFile.ts";
import { checkSameStudy, headOf } from "../queueHead.ts";
import type { Delivery, OpenQueue, StudySide, Task, WorkerSeen } from "../types.ts";
import { connect, type Database } from "./database.ts";
import { DatabaseWorker } from "./databaseWorker.ts";

/** Tasks in a statement. */
const perStatement = 200;

/** The study's side of a queue in a database. */
export class DatabaseStudy implements StudySide {
  readonly own: DatabaseWorker;
  readonly #database: Database;
  readonly #session: number;
  /** The number of the last result that was read, by worker. */
  readonly #read = new Map<string, number>();
  #position = 0;

  private constructor(database: Database, own: DatabaseWorker, session: number) {
    this.#database = database;
    this.own = own;
    this.#session = session;
  }

  /**
   * Makes a queue in a database, or goes on with the one that an earlier process of the study left.
   * @throws CommandError if the database cannot be used, or its queue is of another study, or one
   *   that another process hands out
   */
  static async open(address: string, options: OpenQueue): Promise<DatabaseStudy> {
    const { head, data, name, facts } = options;
    const database = await connect(address);
    const { queue, place, query } = database;
    try {
      const [found] = await query<{ head: string }>("select head from evenkeel_queue where name = $1", [queue]);
      const what = `the queue ${queue} in ${place}`;
      if (found === undefined) {
        await query("insert into evenkeel_queue (name, head, data) values ($1, $2, $3) on conflict do nothing", [
          ...[queue, JSON.stringify(head), Buffer.concat(tableBytes(data))],
        ]);
      } else checkSameStudy(headOf(parseJson(found.head), what), head, what);
      const session = await begin(database, options);
      const own = await DatabaseWorker.enter(database, head, name, { ...facts, session });
      if (own === undefined) throw misuse("wrong-state", `the name ${name} is taken in ${place}`);
      await query("delete from evenkeel_task where queue = $1 and taken_by is null", [queue]);
      return new DatabaseStudy(database, own, session);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  offer = async (tasks: readonly Task[]): Promise<void> => {
    const { queue, query } = this.#database;
    for (let at = 0; at < tasks.length; at += perStatement) {
      const rows = tasks.slice(at, at + perStatement).map(({ id, spec, not = [] }) => ({
        ...{ id, position: this.#position++, spec: JSON.stringify(spec), not_by: not },
      }));
      await query(
        `insert into evenkeel_task (queue, id, position, spec, not_by)
         select $1::text, t.id, t.position, t.spec, t.not_by
         from json_to_recordset($2) as t (id text, position bigint, spec text, not_by text[])
         on conflict (queue, id) do update set position = excluded.position, not_by = excluded.not_by`,
        [queue, JSON.stringify(rows)],
      );
    }
  };

  done = async (ids: readonly string[]): Promise<void> => {
    const { queue, query } = this.#database;
    await query("delete from evenkeel_task where queue = $1 and id = any ($2)", [queue, ids]);
  };

  refuse = async (worker: string): Promise<void> => {
    const { queue, query } = this.#database;
    await query("update evenkeel_worker set refused = true where queue = $1 and name = $2", [queue, worker]);
  };

  deliveries = async (): Promise<readonly Delivery[]> => {
    const { queue, query } = this.#database;
    await this.#checkMine();
    const rows = await query<{ worker: string; number: number; task: string; run: string }>(
      `select r.worker, r.number, r.task, r.run from evenkeel_result r
       left join json_to_recordset($2) as l (worker text, number integer) on l.worker = r.worker
       where r.queue = $1 and r.number > coalesce(l.number, 0) order by r.worker, r.number`,
      [queue, JSON.stringify([...this.#read].map(([worker, number]) => ({ worker, number })))],
    );
    return rows.map(({ worker, number, task, run }) => {
      this.#read.set(worker, number);
      try {
        return { worker, task, run: parseJson(run) };
      } catch {
        return { worker, task: "", run: `its result ${number} is damaged` };
      }
    });
  };

  workers = async (): Promise<readonly WorkerSeen[]> => {
    const { queue, query } = this.#database;
    return await query<WorkerSeen>(
      `select name, threads, case when has_left then 'left'
         when beat_at < clock_timestamp() - make_interval(secs => $2) then 'silent' else 'alive' end as life
       from evenkeel_worker where queue = $1 order by name`,
      [queue, this.own.lease()],
    );
  };

  close = async (finished: boolean): Promise<void> => {
    const { queue, query } = this.#database;
    if (finished) {
      await query("update evenkeel_queue set ended = true where name = $1 and session = $2", [queue, this.#session]);
    }
    await this.own.leave();
  };

  /** @throws CommandError if this process stood still for so long that another goes on with the study */
  async #checkMine(): Promise<void> {
    const { queue, place, query } = this.#database;
    const [row] = await query<{ session: number }>("select session from evenkeel_queue where name = $1", [queue]);
    if (row?.session === this.#session) return;
    throw misuse("wrong-state", `another process has taken over the queue ${queue} in ${place}`);
  }
}

/**
 * Becomes the study process of a queue. Of several processes one changes the row first, and the
 * others see its heartbeat.
 * @returns which study process of the queue it is, counted from 1
 * @throws CommandError if another one gives signs of life
 */
async function begin(
  { queue, place, query }: Database,
  { lease, takeOver = false, onWait, signal }: OpenQueue,
): Promise<number> {
  let before: string | undefined;
  for (;;) {
    const [row] = await query<{ session: number }>(
      `update evenkeel_queue q set session = session + 1, lease = $2, ended = false
       where name = $1 and ($3 or not exists (
         select from evenkeel_worker w where w.queue = q.name and w.session = q.session
         and not w.has_left and w.beat_at >= clock_timestamp() - make_interval(secs => $2)))
       returning session`,
      [queue, lease, takeOver],
    );
    if (row !== undefined) return row.session;
    const [other] = await query<{ beat: string; name: string }>(
      `select w.beat_at::text as beat, w.name from evenkeel_worker w
       join evenkeel_queue q on q.name = w.queue and q.session = w.session where q.name = $1`,
      [queue],
    );
    if (before !== undefined && other !== undefined && other.beat !== before) {
      const what = `the study of the queue ${queue} in ${place}`;
      throw misuse("conflict", `${what} is still running, as ${other.name}`, "wait for it, or end it");
    }
    if (before === undefined) onWait?.("watching whether the study process still runs");
    before = other?.beat ?? before;
    await sleep((lease * 1000) / 20, undefined, { signal });
  }
}
