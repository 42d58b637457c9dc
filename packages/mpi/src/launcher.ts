/** The two families of MPI. Their libraries have the same functions, but other handles. */
export type Family = "Open MPI" | "MPICH";

/** What the environment says about how this process was started. */
export interface Launcher {
  /** The variable that says it. */
  readonly variable: string;
  /** How many processes were started. */
  readonly size: number;
  /** The program that sets the variable: "mpirun", "srun", or "torchrun" for its conventions. */
  readonly program: "mpirun" | "srun" | "torchrun";
  /** The MPI that the launcher belongs to, if it belongs to one. */
  readonly family?: Family;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The launcher of this process; undefined if it was started by itself. The first variable decides:
 * Open MPI's `mpirun` may itself run in a step of Slurm.
 */
export function launcherIn(environment: Environment): Launcher | undefined {
  const isSlurm = environment.SLURM_PROCID !== undefined;
  const known: readonly (Omit<Launcher, "size"> & { readonly valid: boolean })[] = [
    { variable: "OMPI_COMM_WORLD_SIZE", program: "mpirun", family: "Open MPI", valid: true },
    // Slurm sets it for either family.
    { variable: "PMI_SIZE", program: "mpirun", family: "MPICH", valid: !isSlurm },
    { variable: "SLURM_STEP_NUM_TASKS", program: "srun", valid: isSlurm },
    { variable: "WORLD_SIZE", program: "torchrun", valid: true },
  ];
  for (const { valid, ...launcher } of known) {
    const size = Number(environment[launcher.variable]);
    if (valid && Number.isSafeInteger(size) && size > 0) return { ...launcher, size };
  }
  return undefined;
}

/** What to do where MPI counts other processes than the launcher has started. */
export function cureOfSize({ program, size, family }: Launcher): string {
  if (program === "torchrun") return `start it with mpirun -n ${size} node program.js`;
  if (program === "srun") {
    return "start it with srun --mpi=pmix or --mpi=pmi2, as its MPI was built, or with mpirun inside of salloc";
  }
  return `set EVENKEEL_MPI_LIBRARY to the path of the library of ${family}, whose mpirun started it`;
}
