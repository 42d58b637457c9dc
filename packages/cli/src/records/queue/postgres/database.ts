import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, QueryResultRow } from "pg";
import { misuse } from "../../../shell/errors.ts";
import { withoutPassword } from "../place.ts";

/** The connection of a process to the database of a queue, and the queue's name there. */
export interface Database {
  /** As it may be shown. */
  readonly place: string;
  /** A database may hold several queues. */
  readonly queue: string;
  /**
   * Runs a statement. Where the connection breaks, it is run again for a while, so it must do no
   * harm twice.
   * @throws CommandError
   */
  readonly query: <R extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<R[]>;
  readonly close: () => Promise<void>;
}

const usualQueue = "evenkeel";

/**
 * What a queue keeps in the database. A lease is measured by the database's clock alone, which is
 * one for all.
 */
const tables = `
create table if not exists evenkeel_queue (
  name text primary key, head text not null, data bytea not null,
  session integer not null default 0, lease double precision not null default 30, ended boolean not null default false);
create table if not exists evenkeel_worker (
  queue text not null, name text not null, threads integer not null, session integer,
  beat_at timestamptz not null, has_left boolean not null default false, refused boolean not null default false,
  primary key (queue, name));
create table if not exists evenkeel_task (
  queue text not null, id text not null, position bigint not null, spec text not null,
  not_by text[] not null, taken_by text, primary key (queue, id));
create table if not exists evenkeel_result (
  queue text not null, worker text not null, number integer not null, task text not null, run text not null,
  primary key (queue, worker, number));
create index if not exists evenkeel_result_task on evenkeel_result (queue, worker, task);`;

/** Two processes that make the tables at the same time hinder each other; this number is for both. */
const lock = 0x65766b6c;

/**
 * Connects to a database: "postgres://user@host/database?queue=NAME".
 * @param patience seconds for which a broken connection is tried again
 * @throws CommandError if the package pg is missing, or the database cannot be used
 */
export async function connect(address: string, patience = 30): Promise<Database> {
  if (!URL.canParse(address)) {
    throw misuse("wrong-value", `${withoutPassword(address)} is no address`, "such as postgres://user@host/database");
  }
  const url = new URL(address);
  const queue = url.searchParams.get("queue") ?? usualQueue;
  url.searchParams.delete("queue");
  const place = withoutPassword(url.href);
  const pool = await poolOf(url.href);
  // Idle connections that break are made anew.
  pool.on("error", () => {});
  const query = async <R extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> => {
    for (const began = performance.now(); ; ) {
      try {
        return (await pool.query<R>(text, [...values])).rows;
      } catch (error) {
        const isLong = performance.now() - began > patience * 1000;
        if (isLong || !isPassing(error)) throw refusal(place, error);
        await sleep(250);
      }
    }
  };
  const close = () => pool.end();
  try {
    // Once without patience: an address may be wrong.
    const { rows } = await pool.query("select to_regclass('evenkeel_result_task') is not null as made");
    // A worker may have no right to make tables.
    if (!rows[0].made) await pool.query(`begin; select pg_advisory_xact_lock(${lock}); ${tables} commit;`);
  } catch (error) {
    await close();
    throw refusal(place, error);
  }
  return { place, queue, query, close };
}

async function poolOf(connectionString: string): Promise<Pool> {
  try {
    const { default: pg } = await import("pg");
    return new pg.Pool({ connectionString, max: 4, connectionTimeoutMillis: 10_000 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw misuse(
      "missing",
      "a queue in a database needs the package pg, which is not installed",
      "npm install pg where evenkeel is installed",
      { cause: error },
    );
  }
}

/** Of Node's sockets, and of PostgreSQL when it is shutting down or starting, or took one of two. */
const passing = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|57P0[1-3]|08\d\d\d|40001|40P01)$/;

/** A statement that PostgreSQL refuses has a code; a connection that ended has none. */
function isPassing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || passing.test(code);
}

function refusal(place: string, error: unknown): Error {
  const one = error instanceof AggregateError ? error.errors[0] : error;
  return misuse("wrong-state", `cannot use the database ${place}: ${(one as Error).message}`, undefined, {
    cause: error,
  });
}
