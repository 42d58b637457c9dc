import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packages } from "../scripts/packages/packages.ts";
import { run } from "../scripts/packages/run.ts";
import { isAfter, outdatedLines, parsed, releasedChangelog, withVersion } from "../scripts/packages/versions.ts";
import { readJson, root } from "./sources.ts";

/** What can be said of packages without packing them; `npm run check:package` does the rest. */

describe("the program of the library", () => {
  let folder: string;
  const program = () => join(folder, "node_modules/evenkeel/bin/evenkeel.js");
  const ofCommand = () => join(folder, "node_modules/@evenkeel/cli/bin");
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "evenkeel-bin-"));
    const { bin } = packages.find(({ name }) => name === "evenkeel")!.manifest;
    cpSync(join(root, "packages/evenkeel", bin!.evenkeel), program());
    writeFileSync(join(folder, "node_modules/evenkeel/package.json"), '{"name": "evenkeel", "type": "module"}');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("says which package has the command, with the words that were typed", async () => {
    const { code, err } = await run(process.execPath, [program(), "train", "my cars.csv", "--lr", "0.01"], {
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(err).toContain('npx @evenkeel/cli train "my cars.csv" --lr 0.01\n');
    expect(err).toContain("npm install --save-dev @evenkeel/cli");
  });

  it("runs the command where it is installed", async () => {
    mkdirSync(ofCommand(), { recursive: true });
    writeFileSync(join(folder, "node_modules/@evenkeel/cli/package.json"), '{"type": "module"}');
    writeFileSync(join(ofCommand(), "evenkeel.js"), "console.log(process.argv.slice(2)); process.exitCode = 3;");
    const { code, out } = await run(process.execPath, [program(), "runs", "list"], { cwd: tmpdir() });
    expect([code, out]).toEqual([3, "[ 'runs', 'list' ]\n"]);
  });
});

describe("manifests", () => {
  it.each(packages)(
    "$name can be published: public, with its licence, built when it is packed",
    ({ folder, manifest }) => {
      expect(manifest.private).toBeUndefined();
      expect(readFileSync(join(folder, "LICENSE"), "utf8")).toBe(readFileSync(join(root, "LICENSE"), "utf8"));
      expect(manifest).toMatchObject({
        version: packages[0].manifest.version,
        scripts: { prepack: expect.any(String) },
      });
    },
  );

  it("a new project has the versions that are tested here", () => {
    type Versions = Readonly<Record<string, string>>;
    const { dependencies, devDependencies } = readJson<Record<string, Versions>>("packages/cli/template/package.json");
    const command = readJson<Record<string, Versions>>("packages/cli/package.json");
    const here = { ...readJson<Record<string, Versions>>("package.json").devDependencies, ...command.devDependencies };
    const { evenkeel: _, ...others } = dependencies;
    expect(others).toEqual({ papaparse: command.dependencies.papaparse });
    for (const [name, range] of Object.entries(devDependencies)) {
      expect(range.replace("^", ""), name).toBe(here[name].replace("^", ""));
    }
  });
});

describe("a release", () => {
  it("has a version of three numbers that comes after the last", () => {
    expect(() => parsed("0.2")).toThrow("0.2 is no version");
    expect(() => parsed("0.02.0")).toThrow("no version");
    expect(isAfter("0.10.0", "0.9.9")).toBe(true);
    expect(isAfter("0.9.9", "0.10.0")).toBe(false);
    expect(isAfter("1.0.0", "1.0.0")).toBe(false);
  });

  it("gives all packages the version, and to each the others' version", () => {
    const before = {
      name: "b",
      version: "0.1.0",
      dependencies: { a: "0.1.0", c: "^0.1.0" },
      peerDependencies: { a: "0.1.0" },
    };
    const after = {
      ...before,
      version: "0.2.0",
      dependencies: { a: "0.2.0", c: "^0.1.0" },
      peerDependencies: { a: "0.2.0" },
    };
    expect(JSON.parse(withVersion(JSON.stringify(before), "0.2.0", ["a", "b"]))).toEqual(after);
    for (const { folder, manifest } of packages) {
      const text = readFileSync(join(folder, "package.json"), "utf8");
      expect(
        withVersion(
          text,
          manifest.version,
          packages.map(({ name }) => name),
        ),
      ).toBe(text);
    }
  });

  it("dates what was unreleased, and is refused where there is nothing", () => {
    const text = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n\n## [0.1.0] - 2026-01-01\n\n- B.\n";
    const after = releasedChangelog(text, "0.2.0", "2026-12-01");
    expect(after).toContain("## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- A.\n\n## [0.1.0]");
    expect(() => releasedChangelog(after, "0.3.0", "2026-12-02")).toThrow("lists nothing that is unreleased");
    expect(() => releasedChangelog(text, "0.1.0", "2026-12-01")).toThrow("has 0.1.0 already");
  });

  it("names the lines that it makes wrong", () => {
    expect(outdatedLines("a.md", "x\nNothing is published on npm yet: wait.\n")).toEqual([
      "a.md:2: Nothing is published on npm yet: wait.",
    ]);
  });
});
