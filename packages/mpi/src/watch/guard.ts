import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** The programs of Open MPI and MPICH that start ranks and end when these have. srun is Slurm's to end. */
const launchers = new Set([
  "mpirun",
  "mpiexec",
  "orterun",
  "orted",
  "prterun",
  "prted",
  "mpiexec.hydra",
  "hydra_pmi_proxy",
]);

/** The launcher on this machine that has started this process, perhaps through a shell. */
function launcherOf(pid: number): number | undefined {
  for (let depth = 0; depth < 6 && pid > 1; depth++) {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in brackets, and may hold some itself.
    const end = stat.lastIndexOf(")");
    if (launchers.has(stat.slice(stat.indexOf("(") + 1, end))) return pid;
    pid = Number(stat.slice(end + 2).split(" ")[1]);
  }
  return undefined;
}

/** It has been asked to end by MPI_Abort; asked by SIGTERM as well, Open MPI 4.1 ends by a fault of its own. */
const script = `exec 2> /dev/null
i=0; while kill -0 $P && [ $i -lt $N ]; do sleep 0.2; i=$((i+1)); done
kill -0 $P || exit
for c in $(cat /proc/$P/task/$P/children); do kill -KILL $c; done
kill -KILL $P`;

/**
 * Ends the launcher, and what else it has started here, if it is still there after some seconds: one
 * that cannot reach another machine waits for it for minutes, until TCP gives up.
 */
export function endLauncherAfter(seconds: number): void {
  try {
    const launcher = launcherOf(process.ppid);
    if (launcher === undefined) return;
    const environment = { PATH: process.env.PATH, P: String(launcher), N: String(Math.ceil(5 * seconds)) };
    spawn("sh", ["-c", script], { detached: true, stdio: "ignore", env: environment }).unref();
  } catch {
    // No /proc, no sh: the launcher ends when it notices itself.
  }
}
