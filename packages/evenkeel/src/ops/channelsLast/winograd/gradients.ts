import { type Divide, type FunctionBuilder, type I32, i32, mostParts } from "../../../wasm/index.ts";
import { floatBytes, pointer } from "../../matmul/gemm.problem.ts";
import type { WeightPlace } from "../convolution.ts";
import { emitCorrelation } from "../direct/correlation.ts";
import { emitWeightGradient } from "../direct/weightGradient.ts";
import { emitClear } from "../direct/weights.ts";
import { emitImages } from "../images.ts";
import type { GroupedPlace } from "../place.ts";
import { areByRows, type Block, emitBlocks, tilesOf } from "./blocks.ts";
import { areasAt, atPadding, isWorthParts, type Products, perBlock, planeProducts, productsOf } from "./products.ts";
import { inputGradientTransform, inputTransform, outputGradientTransform } from "./transforms.ts";
import { emitTransformGradients, emitTransformWeights, factorBytes } from "./weights.ts";

/** The gradients of a convolution 3 x 3 by Winograd's F(2x2, 3x3). */
interface WinogradGradients extends Products {
  readonly dy: GroupedPlace;
  /** The gradient by the input, if needed: its location, which holds zeros, and the weights. */
  readonly toInput?: { readonly dx: GroupedPlace; readonly weight: WeightPlace } | undefined;
  /** The gradient by the weight, if needed: its location, and the input. */
  readonly toWeight?: { readonly x: GroupedPlace; readonly dweight: WeightPlace } | undefined;
}

/** The planes that a part multiplies in the gradient by the weight. */
const planesTogether = 16 / mostParts;

/** Where a block's tiles begin, and its planes. */
interface Spot {
  readonly dy: I32;
  readonly x: I32;
  readonly dx: I32;
  readonly set: number;
}

/**
 * Writes the needed gradients. That by the input covers the border too, as far as the padding
 * extends.
 */
export function emitWinogradGradients(gradients: WinogradGradients): void {
  const { f, convolution, scratch, divide, toInput, toWeight } = gradients;
  const at = areasAt(scratch, convolution, divide !== undefined);
  if (toInput !== undefined) {
    const { weight } = toInput;
    const turned = { ...weight, input: weight.output, output: weight.input };
    emitTransformWeights(f, { inputs: convolution.outputs, outputs: convolution.inputs }, turned, at.turned);
  }
  if (toWeight !== undefined) emitClear(f, at.weights, factorBytes(convolution));
  if (divide === undefined || !isWorthParts(convolution)) emitWhole(gradients);
  else emitParts(gradients, divide);
  if (toWeight !== undefined) emitTransformGradients(f, convolution, toWeight.dweight, at.weights);
}

/** The steps of a block. */
function stepsOf({ module, convolution, scratch, fast, divide, dy, toInput, toWeight }: WinogradGradients) {
  const at = areasAt(scratch, convolution, divide !== undefined);
  const { inputs, outputs } = at;
  const columns = convolution.columns.outputs;
  const spread = perBlock((block) => outputGradientTransform(module, { place: dy, columns, planes: outputs }, block));
  const inputProducts = perBlock((block) => {
    const { sizes, from, to } = planeProducts(tilesOf(block, convolution), outputs, inputs);
    return module.function("winogradInputBlock", ["i32", "i32"], (g, flows, sums) =>
      emitCorrelation(g, module, { ...sizes, x: from(flows), y: to(sums), panels: at.turned, fast }),
    );
  });
  const weightProducts = (groups: number) =>
    perBlock((block) => {
      const { sizes, from, to } = planeProducts(tilesOf(block, convolution), inputs, outputs, groups);
      return module.function("winogradWeightBlock", ["i32", "i32", "i32"], (g, factors, flows, panels) =>
        emitWeightGradient(g, module, { ...sizes, x: from(factors), dy: to(flows), panels, fast }),
      );
    });
  const gather = perBlock((block) => {
    const place = (toInput as NonNullable<typeof toInput>).dx;
    return inputGradientTransform(module, { place, columns, planes: inputs }, block);
  });
  const transform = perBlock((block) => {
    const place = (toWeight as NonNullable<typeof toWeight>).x;
    return inputTransform(module, { place, columns, planes: inputs }, block);
  });
  const [all, some] = [weightProducts(16), weightProducts(planesTogether)];
  return {
    /** dy as gradients of the products, which the other steps read. */
    spread: (f: FunctionBuilder, block: Block, spot: Spot) => f.call(spread(block), spot.dy, at.outputsOf(spot.set), 0),
    /** The gradient by the input. */
    toInput: (f: FunctionBuilder, block: Block, { dx, set }: Spot) => {
      f.call(inputProducts(block), at.outputsOf(set), at.inputsOf(set));
      f.call(gather(block), dx, at.inputsOf(set), 0);
    },
    /** The factors of the input, for the gradient by the weight. */
    factors: (f: FunctionBuilder, block: Block, { x, set }: Spot) => f.call(transform(block), x, at.inputsOf(set), 0),
    /** Adds to the gradient by the weight: to all planes, or to those of a part. */
    toWeight: (f: FunctionBuilder, block: Block, set: number, part?: number) => {
      const plane = (part ?? 0) * planesTogether;
      const factors = at.inputsOf(set) + plane * inputs.distance;
      const flows = at.outputsOf(set) + plane * outputs.distance;
      const panels = at.weights + (plane * factorBytes(convolution)) / 16;
      f.call((part === undefined ? all : some)(block), factors, flows, panels);
    },
  };
}

/** The pointers to the pictures from an image on; those that are not needed point to dy. */
function picturesFrom(f: FunctionBuilder, { convolution, dy, toInput, toWeight }: WinogradGradients, image: number) {
  const flow = { ...dy, at: pointer(f, dy.address + image * dy.image) };
  const moving = (place: GroupedPlace | undefined) =>
    place === undefined ? flow : { ...place, at: pointer(f, atPadding(convolution, place) + image * place.image) };
  const pictures = { dy: flow, x: moving(toWeight?.x), dx: moving(toInput?.dx) };
  return { ...pictures, all: [...new Set([pictures.dy, pictures.x, pictures.dx])] };
}

function emitWhole(gradients: WinogradGradients): void {
  const { f, convolution, toInput, toWeight } = gradients;
  const steps = stepsOf(gradients);
  const { dy, x, dx, all } = picturesFrom(f, gradients, 0);
  const spot = { dy: dy.at, x: x.at, dx: dx.at, set: 0 };
  emitBlocks(f, convolution, all, (block) => {
    steps.spread(f, block, spot);
    if (toInput !== undefined) steps.toInput(f, block, spot);
    if (toWeight === undefined) return;
    steps.factors(f, block, spot);
    steps.toWeight(f, block, 0);
  });
}

/**
 * For the gradient by the weight some blocks are transformed at the same time; then each part adds
 * them, in order, to planes of its own. Blocks of different images also give the gradient by the input
 * meanwhile. Those of one image write to the same pixels: that gradient has parts of some images then.
 */
function emitParts(gradients: WinogradGradients, divide: Divide): void {
  const { f, convolution, toInput, toWeight } = gradients;
  const steps = stepsOf(gradients);
  const isApart = toInput !== undefined && (toWeight === undefined || areByRows(convolution));
  if (isApart) {
    emitImages(f, divide, convolution.images, productsOf(convolution), (body, first, count, set) => {
      const { dy, x, dx, all } = picturesFrom(body, gradients, first);
      const spot = { dy: dy.at, x: x.at, dx: dx.at, set };
      emitBlocks(body, { ...convolution, images: count }, all, (block) => {
        steps.spread(body, block, spot);
        steps.toInput(body, block, spot);
      });
    });
  }
  if (toWeight === undefined) return;
  const { pointers } = areasAt(gradients.scratch, convolution, true);
  const { dy, x, dx, all } = picturesFrom(f, gradients, 0);
  const emitSome = (block: Block, count: number, bytes: readonly number[]) => {
    const transforms = Array.from({ length: count }, (_, set) => (body: FunctionBuilder) => {
      const places = all.map((_, i) => body.let(i32.add(i32.load(0, pointers + i * floatBytes), set * bytes[i])));
      const placeOf = (picture: (typeof all)[number]) => places[all.indexOf(picture)];
      const spot = { dy: placeOf(dy), x: placeOf(x), dx: placeOf(dx), set };
      steps.spread(body, block, spot);
      if (toInput !== undefined && !isApart) steps.toInput(body, block, spot);
      steps.factors(body, block, spot);
    });
    const products = Array.from({ length: mostParts }, (_, part) => (body: FunctionBuilder) => {
      for (let set = 0; set < count; set++) steps.toWeight(body, block, set, part);
    });
    for (const [i, picture] of all.entries()) f.storeI32(pointers + i * floatBytes, picture.at);
    divide(transforms)(f);
    divide(products)(f);
  };
  emitBlocks(f, convolution, all, emitSome, mostParts);
}
