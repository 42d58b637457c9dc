import type { Colours } from "../charts/colours.ts";
import { brightest, side } from "./packed.ts";

/** Paints a picture over a canvas of one pixel for each of its pixels: ink in this colour, nothing where there is paper. */
export function paint(canvas: HTMLCanvasElement, levels: Uint8Array, ink: string): void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = ink;
  for (const [at, level] of levels.entries()) {
    if (level === 0) continue;
    context.globalAlpha = level / brightest;
    context.fillRect(at % side, Math.floor(at / side), 1, 1);
  }
  context.globalAlpha = 1;
}

/** A picture with what is written below it, in lines. */
export interface Tile {
  readonly levels: Uint8Array;
  readonly lines: readonly string[];
}

const [columns, tileWidth, pictureSize, line] = [4, 108, 70, 18];
const font = "12px system-ui, sans-serif";

/** Tiles as one drawing, for a file; on the page they are elements. */
export function drawTiles(tiles: readonly Tile[], colours: Colours, ratio: number): HTMLCanvasElement {
  const most = Math.max(0, ...tiles.map(({ lines }) => lines.length));
  const tileHeight = pictureSize + most * line + 10;
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(ratio * columns * tileWidth);
  canvas.height = Math.ceil(ratio * Math.max(1, Math.ceil(tiles.length / columns)) * tileHeight);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.scale(ratio, ratio);
  context.imageSmoothingEnabled = false;
  context.font = font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colours.text;
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [side, side];
  for (const [i, { levels, lines }] of tiles.entries()) {
    const [middle, top] = [((i % columns) + 0.5) * tileWidth, Math.floor(i / columns) * tileHeight];
    paint(picture, levels, colours.text);
    context.drawImage(picture, middle - pictureSize / 2, top, pictureSize, pictureSize);
    for (const [j, text] of lines.entries()) {
      context.fillText(text, middle, top + pictureSize + (j + 0.5) * line, tileWidth - 6);
    }
  }
  return canvas;
}
