/**
 * Corrections of the scripts that @bomb.sh/tab 0.0.22 prints, each seen in the shell itself. Words
 * with a space were put on the line as they are, so that the command got two; bash offered nothing
 * after `--norm=`, repeated what stands before a colon, and expanded `$(…)` in the names of files.
 */
const corrections: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  bash: [
    [
      `    COMPREPLY=( $(compgen -W "\${completions[*]}" -- "$cur") )`,
      [
        "    # Readline replaces what follows an equals sign, or the whole word.",
        "    local part=$cur completion quoted",
        `    [[ $cur == -*=* ]] && part=\${cur#*=}`,
        "    COMPREPLY=()",
        `    for completion in "\${completions[@]}"; do`,
        `        [[ -z $completion ]] && continue`,
        `        printf -v quoted '%q' "$completion"`,
        `        [[ $quoted == "$part"* ]] && COMPREPLY+=("$quoted")`,
        "    done",
        `    [[ $part == "$cur" ]] && __ltrim_colon_completions "$cur"`,
      ].join("\n"),
    ],
  ],
  zsh: [
    // The words as the command would get them, an empty one at the end too.
    [`words=( "\${=words[1,CURRENT]}" )`, `words=( "\${(@Q)words[1,CURRENT]}" )`],
    [`comp=\${comp//:/\\:}`, `comp=\${comp//:/\\\\:}`],
    // Quoting is left to the shell.
    ["completions -Q ", "completions "],
    // No description is none, not an empty one.
    [`comp=\${comp//$tab/:}`, `comp=\${\${comp%$tab}//$tab/:}`],
  ],
};

/** @throws Error if the script is no longer the one that the corrections are for */
export function correctedScript(shell: string, script: string): string {
  let corrected = script;
  for (const [from, to] of corrections[shell] ?? []) {
    if (!corrected.includes(from)) throw new Error(`completion for ${shell}: the script has no line ${from}`);
    corrected = corrected.replace(from, () => to);
  }
  return corrected;
}
