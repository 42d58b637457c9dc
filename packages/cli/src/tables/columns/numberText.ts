const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** Whether a text is a plain number: no thousands separators, no units. */
export function isNumberText(text: string): boolean {
  return number.test(text);
}
