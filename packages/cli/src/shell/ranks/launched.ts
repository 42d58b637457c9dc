/** One of several processes that a launcher has started together. */
export interface Launched {
  /** From 0. */
  readonly rank: number;
  /** How many there are; more than 1. */
  readonly size: number;
  /** What is typed in front of the command. */
  readonly launcher: "mpirun" | "srun";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables by which launchers tell a process its number, and how many there are: Open MPI's
 * mpirun; those of MPICH, Intel MPI and others that use Hydra; Slurm's srun, which may set the second
 * ones too. A job of Slurm alone (`SLURM_NTASKS`) says nothing: its script is one process.
 */
const known: readonly (readonly [rank: string, size: string, launcher: Launched["launcher"]])[] = [
  ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "mpirun"],
  ["SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "srun"],
  ["PMI_RANK", "PMI_SIZE", "mpirun"],
];

/** What the environment says about how this process was started; undefined if it is alone. */
export function launchedIn(environment: Environment): Launched | undefined {
  for (const [rankName, sizeName, launcher] of known) {
    const [rank, size] = [wholeNumber(environment[rankName]), wholeNumber(environment[sizeName])];
    if (rank === undefined || size === undefined || rank >= size) continue;
    return size > 1 ? { rank, size, launcher } : undefined;
  }
  return undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
