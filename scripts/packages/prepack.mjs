// What `npm pack` and `npm publish` run in a package's folder first: its dist is made anew, so that it holds nothing of
// sources that are gone. tsc alone would leave their files there.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

rmSync("dist", { recursive: true, force: true });
const root = fileURLToPath(new URL("../..", import.meta.url));
// Standard output is npm's: `npm pack --json` prints what it packed.
const { status } = spawnSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["inherit", 2, 2], shell: true });
process.exitCode = status ?? 1;
