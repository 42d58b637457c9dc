/** How tables name a Node: `Node 24.12` for `v24.12.0`. */
export function engineName(version: string): string {
  return `Node ${version.replace(/^v/, "").split(".").slice(0, 2).join(".")}`;
}
