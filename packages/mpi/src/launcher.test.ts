import { expect, test } from "vitest";
import { cureOfSize, launcherIn } from "./launcher.ts";

test("the launcher is known by the variables that it sets", () => {
  expect(launcherIn({})).toBeUndefined();
  expect(launcherIn({ OMPI_COMM_WORLD_SIZE: "4", SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "2" })).toMatchObject({
    program: "mpirun",
    size: 4,
    family: "Open MPI",
  });
  expect(launcherIn({ PMI_SIZE: "3" })).toMatchObject({ program: "mpirun", size: 3, family: "MPICH" });
  const slurm = { PMI_SIZE: "3", SLURM_PROCID: "1", SLURM_STEP_NUM_TASKS: "3" };
  expect(launcherIn(slurm)).toEqual({ variable: "SLURM_STEP_NUM_TASKS", program: "srun", size: 3 });
  expect(launcherIn({ WORLD_SIZE: "8", RANK: "1" })).toMatchObject({ program: "torchrun", size: 8 });
});

test("variables that say nothing count as absent", () => {
  expect(launcherIn({ WORLD_SIZE: "" })).toBeUndefined();
  expect(launcherIn({ WORLD_SIZE: "many" })).toBeUndefined();
  expect(launcherIn({ OMPI_COMM_WORLD_SIZE: "0" })).toBeUndefined();
  // In the script of sbatch, outside of a step.
  expect(launcherIn({ SLURM_NTASKS: "4" })).toBeUndefined();
});

test("each has its cure where MPI counts other processes", () => {
  const cure = (environment: Record<string, string>) => cureOfSize(launcherIn(environment)!);
  expect(cure({ WORLD_SIZE: "2" })).toBe("start it with mpirun -n 2 node program.js");
  expect(cure({ SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "2" })).toMatch(/--mpi=pmix/);
  expect(cure({ PMI_SIZE: "2" })).toMatch(/EVENKEEL_MPI_LIBRARY .* MPICH/);
});
