/** What a number can be, as a sentence. */
export function inWords({ least, most }: { readonly least: number; readonly most: number }, whole = false): string {
  const [from, to] = [least, most].map((value) => value.toLocaleString("en-US", { maximumFractionDigits: 6 }));
  return `${whole ? "a whole number" : "a number"} from ${from} to ${to}${whole ? "" : ", with a point for decimals"}.`;
}
