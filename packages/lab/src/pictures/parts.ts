import type { Table } from "evenkeel/tabular";
import packed from "#digits";
import { digitsTable } from "./digits.ts";
import { unpackDigits } from "./packed.ts";

/** What the page needs where rows are pictures. It is loaded when they are chosen. */
export { default as PictureSample } from "./PictureSample.svelte";
export * from "./texts.ts";
export { default as WrongPictures } from "./WrongPictures.svelte";

/** The digits that come with the page. */
export async function loadDigits(): Promise<Table> {
  return digitsTable(await unpackDigits(packed));
}
