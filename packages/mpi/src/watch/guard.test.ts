import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BuiltPrograms, processesWith } from "../mpirun.fixture.ts";

/**
 * A launcher that starts a process, and one that is stopped if it is told so, and hangs when the first
 * has ended: it waits for a line that does not come.
 */
const launcher = `#!/bin/sh
[ -n "$STOPPED" ] && sh -c 'kill -STOP $$' &
"$@" &
wait $! 2> /dev/null
read -r _
`;

let programs: BuiltPrograms;
beforeAll(async () => {
  programs = await BuiltPrograms.make({ guard: fileURLToPath(new URL("guard.ts", import.meta.url)) });
  for (const name of ["mpirun", "other"]) {
    writeFileSync(join(programs.folder, name), launcher);
    chmodSync(join(programs.folder, name), 0o700);
  }
});
afterAll(() => programs.remove());

/** Starts a launcher of a name, whose process has a guard and then does something. */
async function launched(
  name: string,
  then: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; said: () => string }> {
  const errors = join(programs.folder, `${name}.txt`);
  const file = JSON.stringify(join(programs.folder, "guard.js"));
  const body = `import(${file}).then(({ LauncherGuard }) => { const guard = LauncherGuard.start(); console.log(1); ${then} })`;
  const child = spawn(join(programs.folder, name), [process.execPath, "-e", body], {
    env: {
      ...{ ...process.env, NODE_OPTIONS: "", OMPI_COMM_WORLD_RANK: "3", OMPI_MCA_odls_base_sigkill_timeout: "0" },
      ...environment,
    },
    stdio: ["pipe", "pipe", openSync(errors, "w")],
  });
  await once(child.stdout!, "data");
  return { child, said: () => readFileSync(errors, "utf8") };
}

const guardsOf = ({ pid }: ChildProcess) => processesWith(`LAUNCHER=${pid}`);
const expectNoGuard = (child: ChildProcess) => expect.poll(() => guardsOf(child), { timeout: 2000 }).toEqual([]);
const die = 'setTimeout(() => process.kill(process.pid, "SIGKILL"), 300);';

describe.skipIf(process.platform !== "linux")("the guard of a launcher", () => {
  test("ends one that hangs when its process is gone or stopped, and says so", async () => {
    const STOPPED = String(process.pid);
    const { child, said } = await launched("mpirun", die, { STOPPED });
    expect(guardsOf(child)).toHaveLength(1);
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    expect(said()).toMatch(
      new RegExp(
        `^process \\d+, rank 3, on .* has ended, and its mpirun \\(process ${child.pid}\\) did not: it is killed`,
      ),
    );
    await expectNoGuard(child);
    expect(processesWith(`STOPPED=${STOPPED}`)).toEqual([]);
  });

  test("ends with a launcher that ends", async () => {
    const { child, said } = await launched("mpirun", die);
    child.stdin!.write("\n");
    expect(await once(child, "exit")).toEqual([0, null]);
    await expectNoGuard(child);
    expect(said()).toBe("");
  });

  test("leaves it alone where the process ends in order", async () => {
    const { child } = await launched("mpirun", "setTimeout(() => guard.dismiss(), 300)");
    expect(guardsOf(child)).toHaveLength(1);
    await expectNoGuard(child);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill("SIGKILL");
  });

  test("is not there for another parent", async () => {
    const { child } = await launched("other", "if (guard === undefined) process.exit(0)");
    expect(guardsOf(child)).toEqual([]);
    child.kill("SIGKILL");
  });
});
