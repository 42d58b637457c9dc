import { describe, expect, test } from "vitest";
import type { Call } from "../calls.ts";
import { nameOf, Peers } from "./peers.ts";

const where = [
  { host: "a", pid: 10 },
  { host: "b", pid: 11 },
  { host: "b", pid: 12 },
];
const barrier: Call = { kind: "barrier", detail: 0, length: 0 };
const sum: Call = { kind: "allReduce", detail: 4, length: 9 };
const does = (calls: number, isInside: boolean, call = barrier, [started, awaited] = [0, 0]) => {
  return { calls, isInside, call, started, awaited };
};

test("a rank is named with its machine and its process", () => {
  expect(nameOf(1, where)).toBe("rank 1 (b, process 11)");
  expect(nameOf(1, [])).toBe("rank 1");
});

describe("silence", () => {
  test("a rank that is not heard is lost after that time, and not before", () => {
    const peers = new Peers([1, 2], where, 3000);
    for (let i = 0; i < 5; i++) {
      peers.heard(1, does(i, false));
      if (i === 0) peers.heard(2, does(0, false));
      if (i < 4) expect(peers.passed(700)).toBeUndefined();
    }
    expect(peers.passed(700)).toBe(
      "rank 2 (b, process 12) has not been heard of for 3 seconds: its process is stopped or its network is lost",
    );
  });

  test("a rank that computes for long is heard all the time", () => {
    const peers = new Peers([1], where, 3000);
    for (let i = 0; i < 1000; i++) {
      peers.heard(1, does(5, false));
      expect(peers.passed(1000)).toBeUndefined();
    }
  });

  test("one that has said goodbye may be silent", () => {
    const peers = new Peers([1], where, 3000);
    peers.saidGoodbye(1);
    expect([peers.passed(1e9), peers.lost(1)]).toEqual([undefined, undefined]);
  });
});

test("a connection that ends without goodbye is a rank that is gone", () => {
  expect(new Peers([1], where, 3000).lost(1)).toMatch(/^rank 1 \(b, process 11\) is gone/);
});

describe("different calls", () => {
  test("two ranks that say twice that they are in different calls of one number", () => {
    const peers = new Peers([0, 1], where, 3000);
    for (let i = 0; i < 2; i++) {
      expect(peers.passed(1)).toBeUndefined();
      peers.heard(0, does(7, true, barrier));
      peers.heard(1, does(7, true, sum));
    }
    expect(peers.passed(1)).toBe(
      "call 7 of rank 0 (a, process 10) is barrier, that of rank 1 (b, process 11) is allReduce of 9 float32 values " +
        "(sum): all ranks must make the same calls in the same order",
    );
  });

  test("the same call, and calls of other numbers, are none", () => {
    const peers = new Peers([0, 1, 2], where, 3000);
    for (let i = 0; i < 3; i++) {
      peers.heard(0, does(7, true, barrier));
      peers.heard(1, does(7, true, barrier));
      peers.heard(2, does(6, true, sum));
      expect(peers.passed(1)).toBeUndefined();
    }
  });

  test("what was said once may be half of one call and half of the next", () => {
    const peers = new Peers([0, 1], where, 3000);
    for (let i = 0; i < 9; i++) {
      peers.heard(0, does(7, true, barrier));
      peers.heard(1, does(7, true, i % 2 === 0 ? sum : barrier));
      expect(peers.passed(1)).toBeUndefined();
    }
  });

  test("a sum that the other rank has not started, while it is in a call that this one has not begun", () => {
    for (const [started, calls, isFailure] of [
      [3, 8, true],
      [4, 8, false],
      [3, 7, false],
    ] as const) {
      const peers = new Peers([0, 1], where, 3000);
      for (let i = 0; i < 2; i++) {
        peers.heard(0, does(7, true, sum, [5, 4]));
        peers.heard(1, does(calls, true, barrier, [started, 0]));
      }
      expect(peers.passed(1)).toBe(
        isFailure
          ? "started sum 4 of rank 0 (a, process 10) is allReduce of 9 float32 values (sum), call 8 of rank 1 " +
              "(b, process 11) is barrier: all ranks must make the same calls in the same order"
          : undefined,
      );
    }
  });

  test("sums of one number and different lengths", () => {
    const peers = new Peers([0, 1], where, 3000);
    for (let i = 0; i < 2; i++) {
      peers.heard(0, does(7, true, sum, [5, 4]));
      peers.heard(1, does(9, true, { ...sum, length: 8 }, [4, 4]));
    }
    expect(peers.passed(1)).toMatch(/^started sum 4 of rank 0 .* of 9 float32 .*, that of rank 1 .* of 8 float32 /);
  });
});
