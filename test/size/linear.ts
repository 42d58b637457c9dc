import { randn } from "evenkeel";
import { Linear } from "evenkeel/nn";

/** One layer, eagerly. */
export function run(): unknown {
  return new Linear(3, 2).forward(randn([4, 3])).shape;
}
