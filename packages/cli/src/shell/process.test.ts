import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { lifeOf, type ProcessMark, thisProcess } from "./process.ts";

const ended = spawnSync(process.execPath, ["--version"]).pid;

/** A process of a machine that tells its boot, namespace and starts. */
const here: ProcessMark = { ...thisProcess(), host: "here", boot: "b1", namespace: "pid:[1]" };

/** JSON leaves these out. */
const silent = { boot: undefined, namespace: undefined };

const alive = here.started === undefined ? "unknown" : "alive";

const cases: readonly (readonly [what: string, mark: object, life: string])[] = [
  ["lives", {}, alive],
  ["has ended", { pid: ended }, "dead"],
  ["has ended, and the host has another name now", { pid: ended, host: "before" }, "dead"],
  ["lives, and the host has another name now", { host: "before" }, alive],
  ["ran before the host was started again", { boot: "b0" }, "dead"],
  ["ran on another host", { boot: "b0", host: "there" }, "unknown"],
  ["ran in another container of this host", { pid: ended, namespace: "pid:[2]", host: "there" }, "unknown"],
  ["ran in this container before it was started again", { pid: ended, namespace: "pid:[2]" }, "dead"],
  ["ran on another host that does not say more", { ...silent, host: "there" }, "unknown"],
  ["has an id that may be another's", { started: undefined }, "unknown"],
  ["has ended on a host that does not say more", { ...silent, pid: ended }, "dead"],
];

test.each(cases)("a process that %s", (_, mark, life) => {
  const marked = JSON.parse(JSON.stringify({ ...here, ...mark })) as ProcessMark;
  expect(lifeOf(marked, here)).toBe(life);
});

test.skipIf(process.platform !== "linux")("a process id that is used again is another process", () => {
  expect(lifeOf({ ...here, started: "1" }, here)).toBe("dead");
});
