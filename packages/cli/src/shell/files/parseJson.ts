import { isDeeper } from "evenkeel/problem";

/** Records are not nested so deep; what goes through them recursively would overflow the stack. */
const mostDepth = 64;

/**
 * Reads JSON that may come from somebody else.
 *
 * @throws SyntaxError if it is no JSON, RangeError if it is nested more than 64 deep
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeper(value, mostDepth)) throw new RangeError(`it is nested more than ${mostDepth} deep`);
  return value;
}
