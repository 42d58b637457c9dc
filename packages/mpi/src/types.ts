export type { Communicator, Reduction } from "evenkeel/distributed";
