import { parseArgs } from "node:util";
import { drawCase, faultOf, productsOf } from "../convolutionLast.cases.ts";

/**
 * Kernels of convolution with channels last, against their references on shapes drawn from seeds:
 * every product of every shape, with poisoned outputs and guards.
 * `npx tsx test/fuzz/convolutions.ts --seed 1000 --count 5000`
 */

const { values: options } = parseArgs({
  options: { seed: { type: "string", default: "0" }, count: { type: "string", default: "1000" } },
});
const first = Number(options.seed);
const count = Number(options.count);

let products = 0;
let faults = 0;
for (let seed = first; seed < first + count; seed++) {
  const drawn = drawCase(seed);
  for (const product of productsOf(drawn)) {
    products++;
    const fault = faultOf(product);
    if (fault === undefined) continue;
    faults++;
    console.log(`seed ${seed}: ${fault}\n  ${JSON.stringify(drawn)}`);
  }
}
console.log(`${count} shapes from seed ${first}, ${products} products, ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
