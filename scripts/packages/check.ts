// What a user gets: `npm run check:package` packs all packages, looks into the tarballs, installs them into empty folders
// with an empty cache, and runs them on this Node and on the current LTS. `-- --keep` keeps the folder.
import { rmSync } from "node:fs";
import { checkedPackages } from "./checked.ts";

const { folder, faults } = await checkedPackages();
if (process.argv.includes("--keep")) console.log(folder);
else rmSync(folder, { recursive: true, force: true });
console.log(faults.length === 0 ? "The packages are in order." : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
