import { expect, test } from "vitest";
import { isDatabase, withoutPassword } from "./place.ts";

test("a password is not shown, wherever an address stands", () => {
  expect(withoutPassword("postgres://me:se%40cret@host:5432/lab")).toBe("postgres://me@host:5432/lab");
  expect(withoutPassword("--workers-from=PostgreSQL://me:x:y@host/lab?queue=a")).toBe(
    "--workers-from=PostgreSQL://me@host/lab?queue=a",
  );
  for (const text of ["postgres://host:5432/lab", "postgres://me@host:1/a", "/shared/a:b@c"]) {
    expect(withoutPassword(text)).toBe(text);
  }
  expect(["postgres://a", "postgresql://a", "postgres", "/postgres://"].map(isDatabase)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
