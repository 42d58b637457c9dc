import { setNumThreads } from "evenkeel";
import { threadPool } from "../../packages/evenkeel/src/compile/threads/threads.ts";
import { digests } from "../digest/digest.ts";

/**
 * In a worker, as threads are allowed there alone: the digests on two threads, and how many parts the
 * other one did. The first time it may not have started before they are done.
 */
setNumThreads(2);
try {
  let value = await digests();
  for (let turn = 0; turn < 20 && threadPool()?.helped === 0; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    value = await digests();
  }
  postMessage({ value: { digests: value, helped: threadPool()?.helped } });
} catch (error) {
  postMessage({ error: String(error) });
}
