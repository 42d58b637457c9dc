import type { Random } from "../../../fuzz/random.ts";
import { command } from "../command.ts";
import { word } from "../mutate/text.ts";
import type { Reader, Seed } from "../reader.ts";

const queries = [
  "select * from 't.csv'",
  "select x, count(*) as n from 't.csv' group by x having n > 1 order by 1 limit 5",
  "with a as (select * from read_csv('t.csv')) select a.*, b.y as z from a join a as b using (x)",
  "select unnest([1, 2, 3]) as v, {'a': 1} as s, 'é' || chr(27) as t, date '2020-01-01' as d",
  "select * from range(5) t(i) where i in (select 1 union all select 2)",
  "select * from mpg",
];

const seeds: readonly Seed[] = queries.map((query, i) => ({
  name: `query ${i}`,
  kind: "text",
  bytes: Buffer.from(query),
}));

const tokens = [
  ...["select", "*", "from", "'t.csv'", "where", "(", ")", ",", "1", "'a'", '"b"', "union", "all", "as", "x", "y", "t"],
  ...[
    "join",
    "on",
    "=",
    "group by",
    "order by",
    "limit",
    "case when",
    "then",
    "end",
    "cast(",
    "::int",
    "[1]",
    "{'a':1}",
  ],
  ...[
    "read_csv(",
    "range(3)",
    "list_transform(",
    "x -> x",
    ";",
    "--",
    "/*",
    "*/",
    "$1",
    "?",
    "null",
    "pivot",
    "lateral",
  ],
  ...[
    "with recursive",
    "values (1)",
    "not",
    "exists",
    "between",
    "and",
    "interval 1 day",
    "e'\\x00'",
    "chr(0)",
    "repeat('a', 9)",
  ],
];

function statement(random: Random): string {
  const word_ = () => (random.chance(0.9) ? random.pick(tokens) : word(random));
  const nested = random.chance(0.05) ? "(".repeat(random.pick([100, 2000, 50_000])) : "";
  return `select ${nested}${Array.from({ length: random.int(0, 14) }, word_).join(" ")}`;
}

/** Standing before the query, so that none is taken for an option. */
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

export const queryReaders: readonly Reader[] = [
  {
    name: "sql",
    weight: 0.5,
    seeds: () => seeds,
    read: (bytes, _, { cwd }) => command(["inspect", `--sql=${text(bytes)}`, "--limit", "100"], cwd),
    grammar: statement,
  },
  {
    name: "arguments",
    echoes: true,
    weight: 1,
    seeds: () =>
      [
        ["--kind", "x=category"],
        ["--date-format", "day=%Y-%m-%d"],
        ["--number-format", "x=1.234,56"],
        ["--columns", "x,kind,day"],
        ["--null", "a,b"],
        ["--target", "y"],
        ["--delimiter", ","],
        ["--encoding", "utf-8"],
        ["--thousands", ","],
        ["", "t.csv"],
        ["", "--limit"],
      ].map(([flag, value]): Seed => ({ name: flag, kind: "text", bytes: Buffer.from(value), args: [flag] })),
    read: (bytes, { args: [flag] = [] }, { cwd }) =>
      command(["inspect", ...(flag === "" ? [text(bytes)] : ["t.csv", `${flag}=${text(bytes)}`])], cwd),
  },
];
