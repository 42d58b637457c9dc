import { distributed } from "evenkeel";
import { errorOf } from "./errorOf.ts";

/** What ranks get to know of each other when one does something else. */
export function quarrel(kind: "other call" | "other length" | "abort" | "gone") {
  const communicator = distributed.getCommunicator();
  const isLast = communicator.rank === communicator.size - 1;
  const errors = [
    errorOf(() => {
      if (isLast && kind === "other call") return communicator.barrier();
      if (isLast && kind === "abort") communicator.abort("enough: 1 < 2");
      if (isLast && kind === "gone") throw new Error("gone");
      return communicator.allReduce(new Float32Array(isLast && kind === "other length" ? 3 : 2));
    }),
  ];
  if (!isLast || kind === "abort") errors.push(errorOf(() => communicator.barrier()));
  return errors;
}
