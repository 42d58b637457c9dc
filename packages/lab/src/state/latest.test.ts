import { describe, expect, it } from "vitest";
import { Latest } from "./latest.ts";

/** A task that ends when it is told to. */
function task<T>(log: string[], name: string, result: T) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async () => {
    log.push(name);
    await ended;
    return result;
  };
  return { run, end };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("of tasks that wait", () => {
  it("only the last is run, once the one before it has ended", async () => {
    const [latest, log] = [new Latest(), [] as string[]];
    const [a, b, c] = ["a", "b", "c"].map((name) => task(log, name, name));
    const results = [a, b, c].map(({ run }) => latest.run(run));
    await settled();
    expect(log).toEqual(["a"]);
    a.end();
    c.end();
    expect(await Promise.all(results)).toEqual(["a", undefined, "c"]);
    expect(log).toEqual(["a", "c"]);
    b.end();
    expect(await latest.run(b.run)).toBe("b");
  });

  it("each gets its own error, and the next is run", async () => {
    const latest = new Latest();
    const failing = latest.run(() => Promise.reject(new Error("no table")));
    const next = latest.run(async () => 7);
    await expect(failing).rejects.toThrow("no table");
    expect(await next).toBe(7);
  });
});
