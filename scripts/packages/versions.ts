/** Texts of a release, without files or npm. */

/** "1.2.3" as numbers; a pre-release such as 1.2.3-rc.1 comes before 1.2.3 and has no place here. */
export function parsed(version: string): readonly [major: number, minor: number, patch: number] {
  const found = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(version);
  if (found === null) throw new Error(`${version} is no version, expected three numbers such as 0.2.0`);
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** Whether a version comes after another. */
export function isAfter(version: string, other: string): boolean {
  const [a, b] = [parsed(version), parsed(other)];
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && a[at] > b[at];
}

/** A package.json with a version, and with it in the ranges of packages that are released together. */
export function withVersion(text: string, version: string, ours: readonly string[]): string {
  const manifest = JSON.parse(text) as Record<string, unknown>;
  const ranges = (of: unknown) =>
    Object.fromEntries(
      Object.entries(of as Record<string, string>).map(([name, range]) => [
        name,
        ours.includes(name) ? version : range,
      ]),
    );
  const entries = Object.entries(manifest).map(([key, value]) => {
    if (key === "version") return [key, version];
    return [key, /dependencies$/i.test(key) ? ranges(value) : value];
  });
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

const unreleased = "## [Unreleased]";

/**
 * The changelog with what was unreleased under a version and a date (YYYY-MM-DD), and nothing
 * unreleased.
 * @throws Error if there is nothing to release, or the version is there already
 */
export function releasedChangelog(text: string, version: string, date: string): string {
  if (text.includes(`## [${version}]`)) throw new Error(`CHANGELOG.md has ${version} already`);
  const start = text.indexOf(`${unreleased}\n`);
  if (start < 0) throw new Error(`CHANGELOG.md has no line "${unreleased}"`);
  const after = text.slice(start + unreleased.length);
  const [section] = after.split(/^## \[/m);
  if (!/^- /m.test(section)) throw new Error("CHANGELOG.md lists nothing that is unreleased");
  return `${text.slice(0, start)}${unreleased}\n\n## [${version}] - ${date}${after}`;
}

/** The lines that say that nothing is published, which a release makes wrong: "README.md:209: …". */
export function outdatedLines(name: string, text: string): string[] {
  return text.split("\n").flatMap((line, i) => {
    const says = /not published on npm|published on npm yet/i.test(line);
    return says ? [`${name}:${i + 1}: ${line.trim()}`] : [];
  });
}
