/** Whether a place is a database, and not a folder. */
export function isDatabase(place: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(place);
}

/** A text with the addresses of databases in it as they may be shown and kept: without passwords. */
export function withoutPassword(text: string): string {
  return text.replace(/(postgres(?:ql)?:\/\/[^/@:]*):[^@/]*@/gi, "$1@");
}
