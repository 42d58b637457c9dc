/** How many columns of a terminal a text takes, which is not its length: names may be in any script. */

const characters = new Intl.Segmenter();
const nothing = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/** East Asian wide characters and emoji. */
const wide =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
const colour = /\u001b\[[\d;]*m/g;

function widthOfCharacter(character: string): number {
  return nothing.test(character) ? 0 : wide.test(character) ? 2 : 1;
}

/** Colours take no room. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of characters.segment(text.replaceAll(colour, ""))) width += widthOfCharacter(segment);
  return width;
}

/** A text without colours, cut to this width; a cut one ends with `mark`. */
export function cutToWidth(text: string, width: number, mark = "…"): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(mark);
  let [cut, used] = ["", 0];
  for (const { segment } of characters.segment(text)) {
    used += widthOfCharacter(segment);
    if (used > room) break;
    cut += segment;
  }
  return `${cut.trimEnd()}${mark}`;
}

/** Spaces that fill up to this width. */
export function padToWidth(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
