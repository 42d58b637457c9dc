import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { packageOf } from "./packageOf.ts";

const root = mkdtempSync(join(tmpdir(), "evenkeel-package-"));
afterAll(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

it("is the name in the nearest package.json that has one, whatever the folder is called", () => {
  put("app/package.json", '{"name": "app"}');
  put("app/node_modules/alias/package.json", '{"name": "evenkeel"}');
  // A package.json that only marks a folder as ES modules has no name.
  put("app/node_modules/alias/dist/package.json", '{"type": "module"}');
  put("app/node_modules/broken/package.json", "{");
  expect(packageOf(put("app/node_modules/alias/dist/tensor/tensor.d.ts", ""))).toBe("evenkeel");
  expect(packageOf(put("app/node_modules/evenkeel/tensor.d.ts", ""))).toBe("app");
  expect(packageOf(put("app/node_modules/broken/index.d.ts", ""))).toBe("app");
  expect(packageOf(put("app/src/deep/er/file.ts", ""))).toBe("app");
});

it("is undefined where nothing above is a package", () => {
  expect(packageOf("/no/such/folder/file.ts")).toBeUndefined();
});
