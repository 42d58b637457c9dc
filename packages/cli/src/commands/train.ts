import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "@commander-js/extra-typings";
import type { TableRead } from "../tables/index.ts";
import { countParameters } from "../training/countParameters.ts";
import { fingerprint } from "../training/fingerprint.ts";
import { outcomeText, shortPath } from "../training/outcome.ts";
