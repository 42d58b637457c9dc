/** src/training/worker.ts as a worker: a script of its own, or within the page that is one HTML file. See vite.config.ts. */
declare module "#training-worker" {
  export { default } from "*?worker";
}

/** src/tables/worker.ts in the same way. */
declare module "#reading-worker" {
  export { default } from "*?worker";
}

/** The digits, as scripts/digits.ts packs them for `unpackDigits`. See vite.config.ts. */
declare module "#digits" {
  const packed: string;
  export default packed;
}

// The package exports its loaders only, which fetch from the network; vite.config.ts knows where its files lie.
declare module "vega-datasets/data/*.json" {
  const rows: readonly Readonly<Record<string, unknown>>[];
  export default rows;
}
