import { expect, test } from "vitest";
import { showsUnicode } from "./unicode.ts";

test.each<[boolean, NodeJS.Platform, Record<string, string>]>([
  [true, "linux", {}],
  [true, "linux", { LANG: "de_DE.UTF-8" }],
  [true, "linux", { LANG: "C.utf8", TERM: "xterm-256color" }],
  [true, "linux", { LC_ALL: "en_US.UTF-8", LANG: "C" }],
  [false, "linux", { LC_ALL: "C", LANG: "en_US.UTF-8" }],
  [false, "linux", { LANG: "de_DE.ISO-8859-1" }],
  [false, "linux", { TERM: "linux", LANG: "en_US.UTF-8" }],
  [true, "darwin", { LANG: "de_DE" }],
  [false, "win32", {}],
  [true, "win32", { WT_SESSION: "1f3c" }],
  [true, "win32", { TERM_PROGRAM: "vscode" }],
])("%s on %s with %j", (shows, platform, environment) => {
  expect(showsUnicode(environment, platform)).toBe(shows);
});
