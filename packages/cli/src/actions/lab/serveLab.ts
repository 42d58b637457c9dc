import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { misuse } from "../../shell/errors.ts";
import { type GivenTable, givenTableBytes } from "../../tables/page/givenTable.ts";
import { type PageFile, startPage } from "./pageFiles.ts";

/** The page, and the table that it asks for. */
export interface Served {
  /** The address of the page, with a secret in its path. */
  readonly url: string;
  /** Ends the server, and the connections that are open. */
  readonly close: () => Promise<void>;
}

interface ServeOptions {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly table?: GivenTable | undefined;
  /** A free one unless given. */
  readonly port?: number | undefined;
}

/** Where the page finds the table, beside itself. */
const tablePath = "table";

/** Whatever is served loads nothing from elsewhere, is shown in no other page and is not kept. */
const headers: OutgoingHttpHeaders = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self' 'unsafe-inline'; " +
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Serves the page to this machine alone. A page of a stranger in the same browser may send requests
 * here: it does not know the secret in the path, and where its own name was bound to this machine
 * the request says that name.
 *
 * @throws CommandError if the port cannot be had
 */
export async function serveLab({ files, table, port = 0 }: ServeOptions): Promise<Served> {
  const secret = `/${randomBytes(16).toString("base64url")}/`;
  const pieces = table && givenTableBytes(table);
  const answers = new Map<string, { readonly type: string; readonly pieces: readonly Uint8Array[] }>();
  for (const [path, { type, bytes }] of files) answers.set(path, { type, pieces: [bytes] });
  if (table !== undefined) answers.set(startPage, { type: "text/html; charset=utf-8", pieces: [named(files, table)] });
  if (pieces !== undefined) answers.set(tablePath, { type: "application/octet-stream", pieces });

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { host } = request.headers;
    if (!isOurs(host, request.socket.localPort)) return refuse(response, 403, "Not an address of this program.");
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "This can only be read.");
    const [path] = (request.url ?? "").split("?", 1);
    const found = isSame(path.slice(0, secret.length), secret)
      ? answers.get(path.slice(secret.length) || startPage)
      : undefined;
    if (found === undefined) return refuse(response, 404, "Nothing is here.");
    const length = found.pieces.reduce((sum, piece) => sum + piece.length, 0);
    response.writeHead(200, { ...headers, "content-type": found.type, "content-length": length });
    if (request.method === "GET") for (const piece of found.pieces) response.write(piece);
    response.end();
  };

  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(noPort(port, error)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const own = (server.address() as AddressInfo).port;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${own}${secret}${table ? "#table=own" : ""}`, close };
}

/** Whether a request was sent to this machine by its own name: any other leads here by a trick. */
function isOurs(host: string | undefined, port: number | undefined): boolean {
  return ["127.0.0.1", "localhost"].some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8", connection: "close" });
  response.end(`${text}\n`);
}

/** The page with the name of the table in it, by which it knows that there is one. */
function named(files: ReadonlyMap<string, PageFile>, { name }: GivenTable): Uint8Array {
  const page = new TextDecoder().decode(files.get(startPage)?.bytes);
  const escaped = name.replaceAll(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  // A function: in a text "$&" and the like would mean what was found.
  const head = page.replace("<head>", () => `<head>\n    <meta name="evenkeel-table" content="${escaped}" />`);
  return new TextEncoder().encode(head);
}

function noPort(port: number, error: NodeJS.ErrnoException): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program uses it",
    EACCES: "this user may not use it",
  };
  const reason = reasons[error.code ?? ""] ?? error.message;
  const cause = { cause: error };
  if (port === 0) return misuse("wrong-state", `the page cannot be served: ${reason}`, undefined, cause);
  return misuse("wrong-state", `--port ${port}: ${reason}`, "give another, or none for one that is free", cause);
}
