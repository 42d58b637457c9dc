import { createHash } from "node:crypto";
import type { TopLevelSpec } from "vega-lite";
import type { PositionFieldDef } from "vega-lite/types_unstable/channeldef.js";
import { tickText } from "../../../shell/figures.ts";
import { escapeText, type Html, trusted } from "../html.ts";

/**
 * Colours of the charts: placeholders that {@link chart} replaces by the page's variables, so that
 * light, dark and print have their own colours.
 */
export const inks = {
  text: "#010101",
  quiet: "#020202",
  rule: "#030303",
  paper: "#040404",
  /** Colours that people with colour blindness can distinguish: after Okabe and Ito. */
  series: ["#110001", "#110002", "#110003", "#110004", "#110005", "#110006", "#110007"],
} as const;

const variables: Readonly<Record<string, string>> = {
  [inks.text]: "--text",
  [inks.quiet]: "--quiet",
  [inks.rule]: "--rule",
  [inks.paper]: "--paper",
  ...Object.fromEntries(inks.series.map((color, i) => [color, `--series-${i + 1}`])),
};

/** The width of the text on a wide screen, which drawings fill. */
export const pageWidth = 736;
/** The width of a drawing that stands beside another one, and fills a phone. */
export const panelWidth = 356;

/** The font is the page's; this name is only there so that it can be removed. */
const font = "page";

const config: NonNullable<TopLevelSpec["config"]> = {
  autosize: { type: "none" }, // without a screen, widths of texts are guesses: every drawing says what room it leaves
  aria: false, // One description for the whole drawing, instead of one for each mark.
  font,
  view: { stroke: null },
  axis: {
    domain: false,
    ticks: false,
    grid: true,
    gridColor: inks.rule,
    labelColor: inks.quiet,
    labelFontSize: 11,
    labelPadding: 6,
    titleColor: inks.quiet,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 10,
  },
  axisX: {
    grid: false,
    domain: true,
    domainColor: inks.rule,
    ticks: true,
    tickColor: inks.rule,
    tickSize: 4,
    labelPadding: 3,
  },
  // The title stands above its axis, where it is easy to read.
  axisY: { titleAngle: 0, titleAlign: "left", titleBaseline: "bottom", titleAnchor: "end", titleX: -34, titleY: -10 },
  text: { color: inks.text, fontSize: 12 },
  line: { strokeWidth: 2, strokeCap: "round", strokeJoin: "round" },
};

/**
 * Draws a Vega-Lite specification as an SVG for the middle of a page. Vega is large, so the first
 * chart loads it.
 *
 * @param label - a description of the picture for people who cannot see it
 */
export async function chart(spec: TopLevelSpec, label: string): Promise<Html> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Without a background the page's shows through.
  const { background: _, ...drawing } = compile(spec, { config }).spec;
  const view = new vega.View(vega.parse(drawing), { renderer: "none", logLevel: vega.Error });
  try {
    return trusted(fitIntoPage(await view.toSVG(), label));
  } finally {
    view.finalize();
  }
}

/** The approximate width of a text in the drawings, in pixels. */
export function textWidth(text: string): number {
  return 6.7 * [...text].length;
}

export function shortened(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join("")}…`;
}

/**
 * A vertical axis of names, in their order, and the width that it needs. Names may be equal, so
 * marks are placed by `keys`. In Vega's expression they stand behind a sign: it takes a literal
 * such as "constructor" for something else.
 */
export function nameAxis(
  names: readonly string[],
  longest = 34,
): { y: PositionFieldDef<string>; keys: string[]; width: number } {
  const keys = names.map((_, row) => String(row));
  const shown = names.map((name) => shortened(name, longest));
  return {
    keys,
    width: 14 + Math.max(30, ...shown.map(textWidth)),
    y: {
      field: "row",
      type: "nominal",
      sort: keys,
      axis: {
        title: null,
        labelExpr: `slice(${literal(shown.map((name) => `=${name}`))}[datum.value], 1)`,
        labelLimit: 0,
        labelColor: inks.text,
        labelFontSize: 12,
        grid: false,
      },
    },
  };
}

/** A literal of Vega's expressions, which may not contain Unicode line separators. */
function literal(value: readonly string[]): string {
  return JSON.stringify(value).replaceAll(/[\u007f-\uffff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** An expression for the labels of an axis with these ticks, with as few digits as they need. */
export function axisText(ticks: readonly number[]): string {
  const texts = ticks.map((tick) => {
    return `${JSON.stringify(String(tick))}: ${JSON.stringify(tickText(tick))}`;
  });
  return `({${texts.join(", ")}})[datum.value]`;
}

/**
 * Inserts the page's colours and fonts, unique ids, a size that shrinks on small screens, and the
 * description.
 */
function fitIntoPage(svg: string, label: string): string {
  const prefix = `c${createHash("sha256").update(svg).digest("hex").slice(0, 8)}-`;
  // Only inside tags: the text between them may come from columns.
  return svg.replaceAll(/<[^>]*>/g, (tag) => {
    if (tag.startsWith("<svg")) return openingTag(tag, label);
    return (
      tag
        .replaceAll(/#0[1-4]0[1-4]0[1-4]|#11000[1-7]/g, (color) =>
          color in variables ? `var(${variables[color]})` : color,
        )
        .replaceAll(` font-family="${font}"`, "")
        // The description of the drawing stands for its marks.
        .replaceAll(/ (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"/g, "")
        .replaceAll(/\bid="/g, `id="${prefix}`)
        .replaceAll("url(#", `url(#${prefix}`)
        .replaceAll(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
    );
  });
}

function openingTag(tag: string, label: string): string {
  const [, width] = /\bwidth="([\d.]+)"/.exec(tag) ?? [];
  const [viewBox] = /\bviewBox="[^"]*"/.exec(tag) ?? [""];
  return `<svg ${viewBox} style="width:${Math.ceil(Number(width))}px" role="img" aria-label="${escapeText(label)}">`;
}
