import type { Colours } from "./colours.ts";
import { type LegendItem, wrapped } from "./legend.ts";

/** What a saved picture shows besides the drawing, which has its axes and their names. */
export interface Picture {
  readonly title: string;
  readonly legend: readonly LegendItem[];
  readonly drawing: HTMLCanvasElement;
  readonly colours: Colours;
  /** Pixels of the drawing for one of the page. */
  readonly ratio: number;
}

const margin = 16;
const titleFont = "600 15px system-ui, sans-serif";
const legendFont = "12px system-ui, sans-serif";
const [titleLine, legendLine, markWidth, gap] = [26, 20, 28, 6];

/** The drawing on a background, below its title and its legend. */
function composed({ title, legend, drawing, colours, ratio }: Picture): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.font = titleFont;
  const width = Math.max(drawing.width / ratio, Math.min(900, context.measureText(title).width));
  context.font = legendFont;
  const places = wrapped(
    legend.map(({ label }) => markWidth + gap + context.measureText(label).width + 2 * gap),
    width,
  );
  const below = margin + titleLine + legendLine * (places.length === 0 ? 0 : (places.at(-1)?.row ?? 0) + 1) + gap;
  canvas.width = Math.ceil(ratio * (width + 2 * margin));
  canvas.height = Math.ceil(ratio * (below + margin) + drawing.height);
  context.scale(ratio, ratio);
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, canvas.width / ratio, canvas.height / ratio);
  context.fillStyle = colours.text;
  context.textBaseline = "middle";
  context.font = titleFont;
  context.fillText(title, margin, margin + titleLine / 2, width);
  context.font = legendFont;
  for (const [i, item] of legend.entries()) {
    const [left, top] = [margin + places[i].left, margin + titleLine + legendLine * (places[i].row + 0.5)];
    drawMark(context, item, colours, left, top);
    context.fillStyle = colours.text;
    context.fillText(item.label, left + markWidth + gap, top);
  }
  context.drawImage(drawing, margin, below, drawing.width / ratio, drawing.height / ratio);
  return canvas;
}

/** Downloads a picture under the name of its title. */
export async function savePng(picture: Picture): Promise<void> {
  const canvas = composed(picture);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("The browser could not make a picture of this chart.");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${fileName(picture.title)}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A title as the name of a file: letters, digits and hyphens. */
export function fileName(title: string): string {
  const plain = title.normalize("NFKD").toLowerCase();
  const name = plain.replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, "-");
  return name.replace(/^-|-$/g, "").slice(0, 80) || "chart";
}

function drawMark(
  context: CanvasRenderingContext2D,
  { colour, mark, width, dash }: LegendItem,
  colours: Colours,
  left: number,
  middle: number,
): void {
  context.strokeStyle = context.fillStyle = colours[colour];
  context.lineWidth = width;
  context.setLineDash(mark === "line" ? [...dash] : []);
  context.beginPath();
  if (mark === "area") context.fillRect(left + 2, middle - 5, markWidth - 4, 10);
  else if (mark !== "line") context.arc(left + markWidth / 2, middle, 2 * width, 0, 2 * Math.PI);
  else {
    context.moveTo(left, middle);
    context.lineTo(left + markWidth, middle);
  }
  if (mark === "discs") context.fill();
  else context.stroke();
  context.setLineDash([]);
}
