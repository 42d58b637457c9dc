/** "1970-01-01", and with the time of day where there is one; null for NaN. */
export function dateText(milliseconds: number): string | null {
  if (Number.isNaN(milliseconds)) return null;
  const text = new Date(milliseconds).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text;
}
