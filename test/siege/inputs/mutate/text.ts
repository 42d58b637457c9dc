import type { Random } from "../../../fuzz/random.ts";

/** Words that mean something to somebody. */
export const words: readonly string[] = [
  ...["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "-0", "0x10", "1e5", "9007199254740993"],
  ...["123456789012345678901234567890", "-9223372036854775809", "0.1", "1.5e308", "null", "true", "false", "undefined"],
  ...["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "valueOf", "length", "then"],
  ...["", " ", "\t", "\n", "\r\n", "\r", '"', '""', "'", "\\", "/", ",", ";", "|", "{", "}", "[", "]", ":", "%", "$"],
  ...[
    "\u0000",
    "\u0007",
    "\u001b[2J",
    "\u009b2J",
    "\u202e",
    "\u2066",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ufffe",
    "\u200b",
  ],
  ...["\\u0000", "\\ud800", "\\udc00\\ud800", "\\u001b]0;x\\u0007", "é", "e\u0301", "😀", "１２", "＝", "٣"],
  ...[
    "2020-01-01",
    "31/12/1999",
    "0000-00-00",
    "9999-99-99",
    "275760-09-14",
    "1e400 €",
    "35%",
    "1.234,50",
    "--1",
    "+1",
  ],
  ...["=1+1", "@SUM(A1)", "../../etc/passwd", "%s%n", "<script>", "#{x}", "NaN,NaN", "-", "?", "NA"],
];

export const longWord = (random: Random): string =>
  random
    .pick(["a", "é", "\u202e", '"', "9", "[", "{", " ", "a,", "a\n", "\\"])
    .repeat(random.pick([300, 5000, 70_000]));

export function word(random: Random): string {
  return random.chance(0.04) ? longWord(random) : random.pick(words);
}

function place(text: string, random: Random): number {
  return random.int(0, text.length);
}

/** Changes of a text. */
export const textChanges: readonly (readonly [name: string, change: (text: string, random: Random) => string])[] = [
  [
    "a word put in",
    (text, random) => {
      const at = place(text, random);
      return text.slice(0, at) + word(random) + text.slice(at);
    },
  ],
  [
    "a field replaced",
    (text, random) => {
      const fields = text.split(/([,;:\s]+)/);
      fields[random.int(0, fields.length - 1)] = word(random);
      return fields.join("");
    },
  ],
  [
    "a line doubled",
    (text, random) => {
      const lines = text.split("\n");
      const at = random.int(0, lines.length - 1);
      lines.splice(random.int(0, lines.length), 0, ...Array(random.chance(0.9) ? 1 : 500).fill(lines[at]));
      return lines.join("\n");
    },
  ],
  [
    "a line left out",
    (text, random) => {
      const lines = text.split("\n");
      lines.splice(random.int(0, lines.length - 1), 1);
      return lines.join("\n");
    },
  ],
  ["lines in another order", (text, random) => random.shuffled(text.split("\n")).join("\n")],
  [
    "a character replaced everywhere",
    (text, random) => text.replaceAll(text[place(text, random)] ?? ",", word(random).slice(0, 20)),
  ],
];
