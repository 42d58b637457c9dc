/**
 * Whether a terminal shows more than ASCII: not the classic console of Windows, whose code pages
 * lack most signs, not the kernel's console of Linux, and not a locale of another encoding.
 */
export function showsUnicode(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  const { TERM, LC_ALL, LC_CTYPE, LANG, WT_SESSION, TERM_PROGRAM, ConEmuTask } = environment;
  if (platform === "win32") {
    const modern = Boolean(WT_SESSION) || TERM_PROGRAM !== undefined || ConEmuTask === "{cmd::Cmder}";
    return modern || TERM === "xterm-256color" || TERM === "alacritty";
  }
  if (TERM === "linux") return false;
  const locale = LC_ALL || LC_CTYPE || LANG || "";
  return locale === "" || /utf-?8/i.test(locale) || (!/^(?:C|POSIX)$/.test(locale) && !locale.includes("."));
}
