/** Records are not nested so deep; what goes through them recursively would overflow the stack. */
const mostDepth = 64;

/**
 * Reads JSON that may come from somebody else.
 *
 * @throws SyntaxError if it is no JSON, RangeError if it is nested more than 64 deep
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeep(value, 0)) throw new RangeError(`it is nested more than ${mostDepth} deep`);
  return value;
}

function isDeep(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth >= mostDepth || Object.values(value).some((part) => isDeep(part, depth + 1));
}
