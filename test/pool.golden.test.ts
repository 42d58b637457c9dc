import { load } from "./goldens/golden.ts";
import { type OpCase, testCases } from "./goldens/opCases.ts";
import { type PoolArgs, poolCalls } from "./goldens/poolCalls.ts";

/** Pooling and resizing: what torch computes. How the layers print is tested beside them. */

testCases(load<{ cases: OpCase<PoolArgs>[] }>("pool.json").cases, (call) => poolCalls[call]);
