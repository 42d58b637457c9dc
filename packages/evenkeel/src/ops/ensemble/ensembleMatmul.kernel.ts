import type { Kernel } from "../../wasm/index.ts";
import { byDtype } from "../reduce/lines.doubles.ts";
import { ensembleMatmulDoubles, ensembleMatmulWeightDoubles } from "./ensembleMatmul.doubles.ts";
import { ensembleMatmulFloats, ensembleMatmulWeightFloats } from "./ensembleMatmul.floats.ts";
import type { EnsembleMatmulAttrs } from "./ensembleMatmul.ts";

/** Kernels of ensembleMatmul.ts. */

export const ensembleMatmulKernel: Kernel<EnsembleMatmulAttrs> = byDtype(ensembleMatmulFloats, ensembleMatmulDoubles);
export const ensembleMatmulWeightKernel = byDtype(ensembleMatmulWeightFloats, ensembleMatmulWeightDoubles);
