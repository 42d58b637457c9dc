import { compile, distributed, type Tensor, tensor } from "evenkeel";

/** What a rank gets of every exchange. */
export function exchanges(length: number) {
  const rank = distributed.getRank();
  const size = distributed.getWorldSize();
  const communicator = distributed.getCommunicator();
  const numbers = (dtype: "float32" | "float64") =>
    tensor(
      Float64Array.from({ length }, (_, i) => Math.sin(1 + i + 10 * rank)),
      { dtype },
    );
  const ops = (["sum", "min", "max"] as const).flatMap((op) =>
    (["float32", "float64"] as const).map((dtype) => [...distributed.allReduce(numbers(dtype), { op }).data]),
  );
  const sent = distributed.broadcast(numbers("float32"), size - 1);
  const flags = distributed.broadcast(tensor([rank > 0, true, rank === size - 1], { dtype: "bool" }), size - 1);
  const own = new Uint8Array(rank * length).fill(rank);
  communicator.barrier();
  return {
    reduced: ops,
    sent: [...sent.data],
    flags: flags.toArray(),
    gathered: distributed.allGather(numbers("float64")).map(({ data }) => [...data]),
    bytes: communicator.allGather(own).map((bytes) => [bytes.length, ...new Set(bytes)]),
    atRoot: communicator.gather(own, 1 % size).map(({ length }) => length),
    compiled: compile((x: Tensor) => {
      const y = x.mul(2);
      distributed.allReduce(y);
      return y.add(1);
    })(numbers("float64")).toArray(),
  };
}
