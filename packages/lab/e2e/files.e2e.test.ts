import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { drop, finished, panelOf, visiting } from "./visit.ts";

/** Tables of the visitor's. */

const open = visiting(["production"], { slow: true });
const text = (lines: readonly string[]) => new TextEncoder().encode(`${lines.join("\n")}\n`);
const cars = Array.from(
  { length: 150 },
  (_, i) => `${1800 + ((i * 937) % 2900)};${["a", "b"][i % 2]};${10 + (i % 9)},5`,
);
const german = text(["Gewicht;Ort;Verbrauch", ...cars]);

describe("a table of the visitor's", () => {
  it("is a Parquet file too, and a later file replaces an earlier", async () => {
    const { page, wrong, close } = await open("#steps=50");
    const data = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data");
    const panel = panelOf(page, "Table");
    await drop(page, "flights.parquet", readFileSync(join(data, "flights-3m.parquet")));
    await panel.getByText("100,000 rows").waitFor();
    await panel.getByText("flights.parquet has more rows than the page takes: it uses the first 100,000").waitFor();
    await finished(page);
    await drop(page, "autos.csv", german);
    await panel.getByText("150 rows").waitFor();
    await finished(page);
    await panel.getByRole("combobox", { name: "Table" }).selectOption("penguins");
    await panel.getByText("344 rows").waitFor();
    await panel.getByRole("combobox", { name: "Table" }).selectOption("own");
    await panel.getByText("150 rows").waitFor();
    expect(wrong).toEqual([]);
    await close();
  });

  it("is chosen with the button, and refused in a sentence where it is no table", async () => {
    const { page, wrong, close } = await open("#steps=50");
    const panel = panelOf(page, "Table");
    const choose = async (name: string, buffer: Uint8Array) => {
      const chooser = page.waitForEvent("filechooser");
      await panel.getByRole("button", { name: "Open a file…" }).click();
      await (await chooser).setFiles({ name, mimeType: "text/csv", buffer: Buffer.from(buffer) });
    };
    await choose("autos.csv", german);
    await panel.getByText("150 rows").waitFor();
    const refused: readonly (readonly [string, Uint8Array, RegExp])[] = [
      ["empty.csv", text([]), /empty\.csv .*\. The page keeps the table it had/],
      ["alone.csv", text(["y", "1", "2"]), /alone\.csv has one column/],
      ["table.json", text(['[{"a":1}]']), /is JSON; this page reads CSV and Parquet/],
      ["torn.parquet", new TextEncoder().encode("PAR1 nothing else"), /torn\.parquet/],
      [
        "wide.csv",
        text([Array.from({ length: 501 }, (_, i) => `c${i}`).join(","), "1"]),
        /wide\.csv: the first line has 501 columns/,
      ],
    ];
    for (const [name, bytes, message] of refused) {
      await choose(name, bytes);
      await panel.getByRole("alert").filter({ hasText: message }).waitFor();
      await panel.getByText("150 rows").waitFor();
    }
    expect(wrong).toEqual([]);
    await close();
  });

  it("of a link is asked for, and never sent anywhere", async () => {
    const { page, wrong, close } = await open("#table=own&target=Ort&steps=50");
    const panel = panelOf(page, "Table");
    await panel.getByRole("alert").filter({ hasText: "This link was made with a table of its owner’s" }).waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.method()));
    await drop(page, "autos.csv", german);
    await panel.getByText("150 rows").waitFor();
    await finished(page);
    expect(asked.filter((method) => method !== "GET")).toEqual([]);
    expect(wrong).toEqual([]);
    await close();
  });
});
