import { parseArgs } from "node:util";
import { type ConvolutionCase, faultOf, outputSize, plainCase, productsOf } from "../test/convolutionLast.cases.ts";
import { timeKernel } from "../test/kernelHarness.ts";

/**
 * GFLOP/s of the convolution kernels of compiled programs, by layer: forward, the gradients by the
 * input and by the weight, and both at once. Work is counted as the products of the definition,
 * also where Winograd's way needs fewer. A layer is held to its reference before it is timed; the
 * fastest of many turns counts. `npx tsx bench/convolutions.ts --help`
 */

const help = `npx tsx bench/convolutions.ts [options]

  --only W7.1,W8.2    these layers alone
  --time MS           milliseconds for each kernel (500)
  --help`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    time: { type: "string", default: "500" },
    help: { type: "boolean", default: false },
  },
});

/** A layer of a network: as its gradients have it, with borders that need no copies. */
function layer(
  images: number,
  inputs: number,
  outputs: number,
  size: number,
  kernel: number,
  padding: number,
  more: Partial<ConvolutionCase> = {},
): ConvolutionCase {
  const plain = plainCase(images, inputs, outputs, [size, size], [kernel, kernel], padding);
  return { ...plain, border: plain.padding, ...more };
}

const layers: Record<string, ConvolutionCase> = {
  "W7.1": layer(64, 1, 8, 28, 5, 2),
  "W7.2": layer(64, 8, 16, 14, 5, 0),
  "W8.1": layer(32, 3, 32, 32, 3, 1),
  "W8.2": layer(32, 32, 64, 16, 3, 1),
  "W8.3": layer(32, 64, 64, 8, 3, 1),
  "7 x 7 pixels": layer(32, 64, 64, 7, 3, 1),
  "stride 2": layer(32, 32, 64, 16, 3, 1, { stride: [2, 2] }),
  "1 x 1": layer(32, 64, 64, 16, 1, 0),
  "6 to 16 channels": layer(64, 6, 16, 14, 5, 0),
  "4 groups": layer(32, 64, 64, 16, 3, 1, { groups: 4 }),
  depthwise: layer(32, 64, 64, 16, 3, 1, { groups: 64 }),
};

/** Products and sums of the definition. */
function operations(drawn: ConvolutionCase): number {
  const [height, width] = outputSize(drawn);
  const { images, inputs, outputs, kernel, groups } = drawn;
  return 2 * images * height * width * outputs * (inputs / groups) * kernel[0] * kernel[1];
}

function run(name: string, drawn: ConvolutionCase): void {
  const cells = productsOf(drawn).map((product, i) => {
    const fault = faultOf(product);
    if (fault !== undefined) throw new Error(`${name}: ${fault}`);
    const { row, kernel, inputs, attrs } = product;
    const nanoseconds = timeKernel(row, kernel, inputs, attrs, { milliseconds: Number(options.time) });
    const work = operations(drawn) * (i === 3 ? 2 : 1);
    return `${(nanoseconds / 1e6).toFixed(2)} ms ${(work / nanoseconds).toFixed(0)}`;
  });
  console.log(`| ${name} | ${(operations(drawn) / 1e6).toFixed(1)} | ${cells.join(" | ")} |`);
}

if (options.help) console.log(help);
else {
  console.log("| layer | MFLOP | forward, GFLOP/s | by the input | by the weight | both |");
  console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
  const only = options.only?.split(",");
  for (const [name, drawn] of Object.entries(layers)) if (only?.includes(name) ?? true) run(name, drawn);
}
