import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { opacityOf, shadeOf, strongest } from "./shade.ts";

const style = readFileSync(new URL("../style.css", import.meta.url), "utf8");

/** A variable of the page as red, green and blue from 0 to 1. */
function colour(name: string, scheme: "light" | "dark"): number[] {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\(#(\\w{6}), #(\\w{6})\\)`).exec(style)!;
  const hex = scheme === "light" ? light : dark;
  return [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255);
}

/** The relative luminance of WCAG 2. */
function luminance(rgb: number[]): number {
  const [r, g, b] = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: number[], other: number[]): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

describe.each(["light", "dark"] as const)("a shade in %s", (scheme) => {
  const shaded = (share: number) => {
    const [surface, good] = [colour("surface", scheme), colour("good", scheme)];
    return surface.map((value, i) => value + opacityOf(share) * (good[i] - value));
  };

  it("has readable text on it", () => {
    for (const share of [0, 0.5, 1]) expect(contrast(shaded(share), colour("text", scheme))).toBeGreaterThan(4.5);
  });

  it("goes from pale to strong in one direction of brightness, so that no hue need be seen", () => {
    const shades = [0, 0.25, 0.5, 0.75, 1].map((share) => luminance(shaded(share)));
    const sign = Math.sign(shades[4] - shades[0]);
    for (let i = 1; i < shades.length; i++) expect(sign * (shades[i] - shades[i - 1])).toBeGreaterThan(0);
    expect(contrast(shaded(0), shaded(1))).toBeGreaterThan(1.5);
  });
});

it("is never more than the strongest", () => {
  expect([-1, 0, 2].map(opacityOf)).toEqual([0, 0, strongest]);
  expect(shadeOf(0.5)).toBe("color-mix(in srgb, var(--good) 21.0%, transparent)");
});
