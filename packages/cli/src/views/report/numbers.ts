import { scoreText } from "../../shell/figures.ts";

/** "1.25", "−0.08": with a typographic minus sign. */
export function plainText(value: number): string {
  return scoreText(value).replace("-", "−");
}

/** "+1.25", "−0.08", "0" */
export function signedText(value: number): string {
  const text = scoreText(Math.abs(value));
  if (Number(text.replaceAll(",", "")) === 0) return "0";
  return value < 0 ? `−${text}` : `+${text}`;
}
