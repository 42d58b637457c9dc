import { setNumThreads } from "evenkeel";
import { prefersWide } from "../../packages/evenkeel/src/compile/wideVectors.ts";
import { digests } from "./digest.ts";

/**
 * Prints the digests as JSON, for processes of other engines:
 * `node --import tsx test/digest/main.ts`. With --wide on vectors of 256 bits, which it fails without; with
 * --threads on two threads, with --steps 2000 of trainings of so many steps.
 */
if (process.argv.includes("--threads")) setNumThreads(2);
if (process.argv.includes("--wide")) {
  await import("evenkeel/node");
  if (!prefersWide()) throw new Error(`in Node ${process.version} wide loops are not faster here, and not used`);
}
const at = process.argv.indexOf("--steps");
console.log(JSON.stringify(await digests(at < 0 ? {} : { steps: Number(process.argv[at + 1]) }), null, 2));
