import type { Spec } from "../../core/index.ts";
import { type FunctionBuilder, i32, type Kernel, type Local, type Placed, v128 } from "../../wasm/index.ts";
import { advance, floatBytes, pointer } from "../matmul/gemm.problem.ts";
import { transpose4 } from "../matmul/gemm.transpose.ts";
import type { Border } from "./border.ts";
import { loadLanes, storeLanes } from "./direct/tile.ts";
import { emitBorder, placeOf } from "./place.ts";
import type { BorderAttrs } from "./turn.ts";

const declinesDtype = ([{ dtype }]: readonly Spec[]): string | undefined =>
  dtype === "float32" ? undefined : `${dtype}: there is code for float32`;

export const toChannelsLastKernel: Kernel<BorderAttrs> = {
  kind: "kernel",
  declines: declinesDtype,
  emit: ({ f, inputs: [x], outputs: [y], attrs: { border } }) => {
    emitBorder(f, y, border);
    emitTurn(f, x, y, border, toLastQuads);
  },
};

export const fromChannelsLastKernel: Kernel<BorderAttrs> = {
  kind: "kernel",
  declines: declinesDtype,
  emit: ({ f, inputs: [x], outputs: [y], attrs: { border } }) => emitTurn(f, y, x, border, fromLastQuads),
};

/** Some pixels of up to four channels: in planes at equal distances, and contiguously. */
interface Quads {
  readonly plane: Local<"i32">;
  readonly planeBytes: number;
  readonly last: Local<"i32">;
  readonly pixel: number;
  /** Channels. */
  readonly lanes: number;
  /** Pixels: four, or the rest of a row. */
  readonly pixels: number;
}

type Copy = (f: FunctionBuilder, quads: Quads, vectors: Vectors) => void;

interface Vectors {
  readonly read: readonly Local<"v128">[];
  readonly turned: readonly Local<"v128">[];
  readonly low: Local<"v128">;
}

/**
 * Copies between [N, C, H, W] and the inside of [N, Hp, Wp, C], four channels by four pixels at a
 * time.
 */
function emitTurn(f: FunctionBuilder, planes: Placed, last: Placed, border: Border, copy: Copy): void {
  const [images, channels, height, width] = planes.shape;
  const place = placeOf(last, border, 1);
  const planeBytes = height * width * floatBytes;
  const vectors: Vectors = { read: f.locals("v128", 4), turned: f.locals("v128", 4), low: f.local("v128") };
  const [image, imageLast] = [pointer(f, planes.address), pointer(f, place.address)];
  const [plane, row, at] = f.locals("i32", 3);
  f.times(images, () => {
    for (let channel = 0; channel < channels; channel += 4) {
      const lanes = Math.min(4, channels - channel);
      const copyPixels = (pixels: number) => {
        copy(f, { plane, planeBytes, last: at, pixel: place.pixel, lanes, pixels }, vectors);
        advance(f, plane, pixels * floatBytes);
        advance(f, at, pixels * place.pixel);
      };
      f.set(plane, i32.add(image, channel * planeBytes));
      f.set(row, i32.add(imageLast, channel * floatBytes));
      f.times(height, () => {
        f.set(at, row);
        f.times(Math.floor(width / 4), () => copyPixels(4));
        for (let i = 0; i < width % 4; i++) copyPixels(1);
        advance(f, row, place.row);
      });
    }
    advance(f, image, channels * planeBytes);
    advance(f, imageLast, place.image);
  });
}

function toLastQuads(f: FunctionBuilder, quads: Quads, { read, turned, low }: Vectors): void {
  const { plane, planeBytes, last, pixel, lanes, pixels } = quads;
  if (pixels < 4) {
    f.set(read[0], v128.load32Zero(plane));
    for (let c = 1; c < lanes; c++) f.set(read[0], v128.load32Lane(plane, read[0], c, c * planeBytes));
    storeLanes(f, last, read[0], 0, lanes);
  } else if (pixel === floatBytes) f.storeV128(last, v128.load(plane));
  else {
    for (let c = 0; c < lanes; c++) f.set(read[c], v128.load(plane, c * planeBytes));
    transpose4(f, read, turned, low);
    for (let i = 0; i < 4; i++) storeLanes(f, last, turned[i], i * pixel, lanes);
  }
}

function fromLastQuads(f: FunctionBuilder, quads: Quads, { read, turned, low }: Vectors): void {
  const { plane, planeBytes, last, pixel, lanes, pixels } = quads;
  if (pixels < 4) {
    f.set(read[0], loadLanes(last, 0, lanes));
    for (let c = 0; c < lanes; c++) f.storeLane32(plane, read[0], c, c * planeBytes);
  } else if (pixel === floatBytes) f.storeV128(plane, v128.load(last));
  else {
    for (let i = 0; i < 4; i++) f.set(read[i], loadLanes(last, i * pixel, lanes));
    transpose4(f, read, turned, low);
    for (let c = 0; c < lanes; c++) f.storeV128(plane, turned[c], c * planeBytes);
  }
}
