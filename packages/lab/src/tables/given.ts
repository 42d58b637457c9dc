import { givenTableFrom } from "../../../cli/src/tables/page/givenTable.ts";
import type { OwnTable } from "./ownTable.ts";

/** The name of the table that `evenkeel lab` serves the page with; empty for a page that has none. */
export function givenName(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="evenkeel-table"]')?.content ?? "";
}

/** The table of the command line. @throws Error if the command has ended meanwhile */
export async function givenTable(): Promise<OwnTable> {
  // Beside the page, whatever its address says behind #.
  const answer = await fetch(new URL("table", document.baseURI)).catch(() => undefined);
  if (answer?.ok !== true) {
    throw new Error("The command that opened this page has ended, and its table with it: run “evenkeel lab” again.");
  }
  return givenTableFrom(await answer.arrayBuffer());
}
