import { format } from "node:util";

/**
 * Warnings of the library go where a command writes its errors, cleaned like everything else that
 * it prints: they may hold names from files.
 *
 * @returns a function that gives console.warn back
 */
export function catchWarnings(writeError: (text: string) => void): () => void {
  const before = console.warn;
  console.warn = (...given: unknown[]) => writeError(`${format(...given)}\n`);
  return () => {
    console.warn = before;
  };
}
