import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** Where `npm run build` puts the page, for `evenkeel lab`. */
export const commandsPage = join(root, "packages/cli/dist/lab");
/** What the page is made of. */
const sources = [
  ...["packages/lab/src", "packages/lab/index.html", "packages/lab/vite.config.ts", "packages/lab/licences.ts"],
  ...["packages/evenkeel/src", "packages/cli/src/tables", "packages/cli/src/shell", "packages/cli/src/views/report"],
  "package-lock.json",
].map((path) => join(root, path));

/** Whether the page of the command is of the sources as they are: a build takes longer than many a test. */
export function isFresh(): boolean {
  const page = join(commandsPage, "index.html");
  if (!existsSync(page)) return false;
  const made = statSync(page).mtimeMs;
  return sources.every((source) => {
    const files = statSync(source).isDirectory()
      ? readdirSync(source, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
      : [source];
    return files.every((file) => statSync(file).mtimeMs < made);
  });
}
