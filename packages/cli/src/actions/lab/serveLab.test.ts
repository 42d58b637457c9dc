import { request } from "node:http";
import { tableFromColumns } from "evenkeel/tabular";
import { afterEach, describe, expect, test } from "vitest";
import { type GivenTable, givenTableFrom } from "../../tables/page/givenTable.ts";
import type { PageFile } from "./pageFiles.ts";
import { type Served, serveLab } from "./serveLab.ts";

const file = (type: string, text: string): PageFile => ({ type, bytes: new TextEncoder().encode(text) });
const files = new Map([
  ["index.html", file("text/html; charset=utf-8", "<!doctype html><html><head><title>x</title></head></html>")],
  ["assets/a.js", file("text/javascript; charset=utf-8", "let a;")],
]);
const table: GivenTable = {
  ...{ name: "cars.csv", noticed: ["a note"], target: "y" },
  table: tableFromColumns({ x: [1, 2, 3], y: ["a", "b", null] }),
};

let served: Served;
afterEach(() => served.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

/** Asks for a path as it is, as fetch would not. */
function ask(path: string, { method = "GET", ...headers }: Record<string, string> = {}): Promise<Answer> {
  const { hostname, port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers, agent: false }, async (response) => {
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece as Buffer);
      resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(pieces) });
    });
    asked.on("error", reject);
    asked.end();
  });
}

const secretOf = ({ url }: Served) => new URL(url).pathname;

describe("the server of the page", () => {
  test("gives the page, its files and the table behind the secret", async () => {
    served = await serveLab({ files, table });
    const secret = secretOf(served);
    expect(secret).toMatch(/^\/[\w-]{22}\/$/);
    expect(new URL(served.url)).toMatchObject({ hostname: "127.0.0.1", hash: "#table=own" });
    const page = await ask(secret);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.bytes.toString()).toContain('<head>\n    <meta name="evenkeel-table" content="cars.csv" />');
    expect((await ask(`${secret}assets/a.js?x=1`)).bytes.toString()).toBe("let a;");
    const { bytes, headers } = await ask(`${secret}table`);
    expect(headers["content-length"]).toBe(String(bytes.length));
    const copy = Uint8Array.from(bytes).buffer;
    expect(givenTableFrom(copy)).toEqual(table);
    const head = await ask(`${secret}table`, { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.bytes.length]).toEqual([200, String(bytes.length), 0]);
  });

  test("gives the page alone where there is no table", async () => {
    served = await serveLab({ files });
    expect(new URL(served.url).hash).toBe("");
    expect((await ask(secretOf(served))).bytes.toString()).not.toContain("evenkeel-table");
    expect((await ask(`${secretOf(served)}table`)).status).toBe(404);
  });

  test("refuses whoever does not know the secret, in the same words for what is there and what is not", async () => {
    served = await serveLab({ files, table });
    const secret = secretOf(served);
    const other = `${secret.slice(0, -2)}${secret.at(-2) === "A" ? "B" : "A"}/`;
    const paths = [
      ...["/", "/table", "/index.html", "/assets/a.js", secret.slice(0, -1), other, `${other}table`, `${secret}/table`],
      ...[`${secret}../package.json`, `${secret}%2e%2e/x`, `${secret}assets/../table`, `${secret}assets`, "*"],
      ...[
        `${secret}constructor`,
        `${secret}__proto__`,
        `//x${secret}table`,
        `/${"a".repeat(5000)}`,
        secret.toUpperCase(),
      ],
    ];
    for (const path of paths) {
      const { status, bytes } = await ask(path);
      expect([path, status, bytes.toString()]).toEqual([path, 404, "Nothing is here.\n"]);
    }
  });

  test("refuses another host's name, which was bound to this machine, and what would change something", async () => {
    served = await serveLab({ files, table });
    const { port } = new URL(served.url);
    const path = `${secretOf(served)}table`;
    for (const host of [
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${Number(port) ^ 1}`,
      `127.0.0.1.evil:${port}`,
    ]) {
      expect([host, (await ask(path, { host })).status]).toEqual([host, 403]);
    }
    expect((await ask(path, { host: `localhost:${port}` })).status).toBe(200);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) expect((await ask(path, { method })).status).toBe(405);
  });

  test("lets no other page read, embed or keep anything", async () => {
    served = await serveLab({ files, table });
    const secret = secretOf(served);
    const answers = [await ask(secret, { origin: "http://evil.example" }), await ask("/"), await ask(`${secret}table`)];
    for (const { headers } of answers) {
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      });
      expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    }
  });

  test("writes a name of a stranger's file as text", async () => {
    const name = `"><script>alert("$&")</script>'\u202e`;
    served = await serveLab({ files, table: { ...table, name } });
    const page = (await ask(secretOf(served))).bytes.toString();
    expect(page).not.toContain("<script>");
    expect(page).toContain('content="&#34;&#62;&#60;script&#62;alert(&#34;$&#38;&#34;)&#60;/script&#62;\'\u202e"');
  });

  test("says which port cannot be had; each server has a secret of its own", async () => {
    served = await serveLab({ files });
    const { port } = new URL(served.url);
    await expect(serveLab({ files, port: Number(port) })).rejects.toThrow(
      `--port ${port}: another program uses it; give another, or none for one that is free`,
    );
    const again = await serveLab({ files });
    expect(secretOf(again)).not.toBe(secretOf(served));
    await again.close();
  });

  test("ends with a connection open", async () => {
    served = await serveLab({ files });
    const { hostname, port } = new URL(served.url);
    const open = request({ hostname, port, path: "/", headers: { connection: "keep-alive" } });
    const closed = new Promise((resolve) => open.on("close", resolve));
    open.on("error", () => {});
    open.flushHeaders();
    await served.close();
    await closed;
    await expect(ask("/")).rejects.toThrow(/ECONNREFUSED/);
  });
});
