import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { columnBuilder } from "./columnBuilder.ts";

/** Texts of 0 to 20 bytes, more than are remembered, missing ones, and beyond ASCII. */
const query = `SELECT CASE WHEN i % 11 = 0 THEN NULL
  ELSE substr('äbcdefghijklm', 1, CAST(i % 14 AS INTEGER)) || CASE WHEN i % 3 = 0 THEN '' ELSE CAST(i % 7919 AS VARCHAR) END
  END AS t FROM range(30000) AS r(i)`;

it("texts read by their bytes are those that DuckDB gives", async () => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const result = await connection.stream(query);
  const builder = columnBuilder("t", "text", Number.POSITIVE_INFINITY, { carried: true, maxRecord: 1000 });
  const expected: unknown[] = [];
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const vector = chunk.getColumnVector(0);
    builder.append(vector, 0, chunk.rowCount);
    for (let row = 0; row < chunk.rowCount; row++) expected.push(vector.getItem(row));
  }
  const { column } = builder.finish();
  if (column?.type !== "text") throw new Error("the column is no text");
  const { codes, dictionary } = column;
  expect(Array.from(codes, (code) => (code < 0 ? null : dictionary[code]))).toEqual(expected);
  expect(new Set(dictionary).size).toBe(dictionary.length);
  expect(expected.filter((text) => text === null).length).toBe(Math.ceil(30_000 / 11));
  connection.closeSync();
});
