/**
 * What the library says of a table, with the command's options in place of its own: `--kind day=date:dmy` for
 * `kinds: { "day": "date:dmy" }`, so that it can be typed.
 *
 * @param column - the one that it is about, where it does not say which
 */
export function commandWords(message: string, column?: string): string {
  return message
    .replaceAll(/kinds: \{ ("(?:[^"\\]|\\.)*"): "([\w:]+)" \}/g, (_, name: string, kind: string) =>
      kindFlag(JSON.parse(name) as string, kind),
    )
    .replace(/kinds: "(\w+)"/, (said, kind: string) => (column === undefined ? said : kindFlag(column, kind)))
    .replace("name it in features", "name it in --features")
    .replace("name some in features, or say in kinds what", "name some in --features, or say with --kind what");
}

/** Findings so that their messages are in the command's words. */
export function inCommandWords<F extends { readonly message: string; readonly column?: string }>(
  findings: readonly F[],
): F[] {
  return findings.map((finding) => ({ ...finding, message: commandWords(finding.message, finding.column) }));
}

function kindFlag(column: string, kind: string): string {
  const pair = `${column.replaceAll(",", "\\,")}=${kind}`;
  return `--kind ${/^[\w.:=-]+$/.test(pair) ? pair : `'${pair.replaceAll("'", "'\\''")}'`}`;
}
