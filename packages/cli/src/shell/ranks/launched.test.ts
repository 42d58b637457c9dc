import { expect, test } from "vitest";
import { launchedIn } from "./launched.ts";

test.each([
  [
    { OMPI_COMM_WORLD_SIZE: "4", OMPI_COMM_WORLD_RANK: "3" },
    { rank: 3, size: 4, launcher: "mpirun" },
  ],
  [
    { PMI_SIZE: "2", PMI_RANK: "0" },
    { rank: 0, size: 2, launcher: "mpirun" },
  ],
  [
    { SLURM_NTASKS: "8", SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "1" },
    { rank: 1, size: 2, launcher: "srun" },
  ],
  // srun of a Slurm with PMI sets both.
  [
    { PMI_SIZE: "2", PMI_RANK: "1", SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "1" },
    { rank: 1, size: 2, launcher: "srun" },
  ],
  // mpirun within a job of Slurm.
  [
    { OMPI_COMM_WORLD_SIZE: "3", OMPI_COMM_WORLD_RANK: "1", SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "0" },
    { rank: 1, size: 3, launcher: "mpirun" },
  ],
  // The script of a job is one process, however many tasks the job has.
  [{ SLURM_NTASKS: "8", SLURM_PROCID: "0" }, undefined],
  [{ OMPI_COMM_WORLD_SIZE: "1", OMPI_COMM_WORLD_RANK: "0" }, undefined],
  [{ OMPI_COMM_WORLD_SIZE: "two", OMPI_COMM_WORLD_RANK: "0" }, undefined],
  [{ OMPI_COMM_WORLD_SIZE: "2" }, undefined],
  [{ OMPI_COMM_WORLD_SIZE: "2", OMPI_COMM_WORLD_RANK: "2" }, undefined],
  [{}, undefined],
])("%j is %j", (environment, expected) => {
  expect(launchedIn(environment)).toEqual(expected);
});
