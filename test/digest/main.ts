import { digests } from "./digest.ts";

/**
 * Prints the digests as JSON, for processes of other engines:
 * `node --import tsx test/digest/main.ts`.
 */
console.log(JSON.stringify(await digests(), null, 2));
