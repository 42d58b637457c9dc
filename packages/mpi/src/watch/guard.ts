import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { hostname } from "node:os";

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

interface Launcher {
  readonly name: string;
  readonly pid: number;
  /** When it was started, as the kernel counts: with the number it names one process for good. */
  readonly start: string;
}

/** The launcher on this machine that has started this process, perhaps through a shell. */
function launcherOf(pid: number): Launcher | undefined {
  for (let depth = 0; depth < 6 && pid > 1; depth++) {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in brackets, and may hold some itself.
    const end = stat.lastIndexOf(")");
    const name = stat.slice(stat.indexOf("(") + 1, end);
    const fields = stat.slice(end + 2).split(" ");
    if (launchers.has(name)) return { name, pid, start: fields[19] };
    pid = Number(fields[1]);
  }
  return undefined;
}

/**
 * It sleeps until the rank is gone, which closes the other end of its standard input. The launcher
 * then has $GRACE looks, five a second, from the last one at which a process that it started ran and
 * was not stopped, and $MOST in all. The end of MPI asks it to end as well; asked by SIGTERM, too, Open MPI 4.1
 * ends by a fault of its own. Its standard error is the only one that somebody may still read.
 */
const script = `exec 2> /dev/null
read -r _
look() { read -r stat < /proc/$1/stat && set -- \${stat##*) } && state=$1 start=\${20}; }
is_there() { look $LAUNCHER && [ $start = $START ] && [ $state != Z ]; }
has_ranks() {
  ranks=; read -r ranks < /proc/$LAUNCHER/task/$LAUNCHER/children || [ -e /proc/$LAUNCHER/task/$LAUNCHER/children ] || return 0
  for rank in $ranks; do look $rank && case $state in Z | T) ;; *) return 0 ;; esac; done
  return 1
}
looks=0 idle=0
while is_there && [ $looks -lt $MOST ] && [ $idle -lt $GRACE ]; do
  sleep 0.2
  looks=$((looks+1)) idle=$((idle+1))
  has_ranks && idle=0
done
is_there || exit
echo "$SAYS" >> /proc/$LAUNCHER/fd/2
for rank in $ranks; do kill -KILL $rank; done
kill -KILL $LAUNCHER`;

/**
 * Seconds. Open MPI lets the time twice pass that its parameter says, a second by default, when it
 * ends its processes, also when all have ended.
 */
function patience(environment: NodeJS.ProcessEnv): { readonly grace: number; readonly most: number } {
  const waits = 2 * (Number(environment.OMPI_MCA_odls_base_sigkill_timeout ?? 1) || 0);
  return { grace: 3 + waits, most: 18 + waits };
}

/** A process that outlives this one, and ends its launcher if that hangs. */
export class LauncherGuard {
  readonly #process: ChildProcess;

  /**
   * Starts it, in a session of its own, where there is a launcher to guard. `mpirun` of Open MPI 4.1
   * may hang in a lock of its own when a rank is killed while it starts, and one that cannot reach
   * another machine waits for it for minutes, until TCP gives up.
   */
  static start(): LauncherGuard | undefined {
    try {
      const launcher = launcherOf(process.ppid);
      return launcher && new LauncherGuard(launcher);
    } catch {
      // No /proc, no sh: the launcher ends when it notices itself.
      return undefined;
    }
  }

  private constructor({ name, pid, start }: Launcher) {
    const { PATH, OMPI_COMM_WORLD_RANK, PMI_RANK } = process.env;
    const rank = OMPI_COMM_WORLD_RANK ?? PMI_RANK;
    const { grace, most } = patience(process.env);
    const own = `process ${process.pid}${rank === undefined ? "" : `, rank ${rank},`} on ${hostname()}`;
    this.#process = spawn("sh", ["-c", script], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: {
        PATH,
        ...{ LAUNCHER: String(pid), START: start, GRACE: String(5 * grace), MOST: String(5 * most) },
        SAYS: `${own} has ended, and its ${name} (process ${pid}) did not: it is killed`,
      },
    });
    this.#process.on("error", () => {}); // no sh
    this.#process.unref();
    // Nobody else holds the other end, and it does not keep this process alive.
    const stdin = this.#process.stdin as Socket | null;
    stdin?.on("error", () => {}).unref();
  }

  /** MPI has ended in order, and so does the launcher. */
  dismiss(): void {
    this.#process.kill("SIGKILL");
  }
}
