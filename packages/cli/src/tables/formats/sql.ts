/** A text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an identifier of SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The name of one file as a literal. DuckDB takes names for patterns: what stands for itself goes
 * into brackets.
 */
export function fileLiteral(path: string): string {
  return literal(path.replace(/[[*?]/g, "[$&]"));
}
